import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SmoError } from '../../../../protocol/fault/index.ts';
import { fakeHost } from '../fake-host.ts';
import { run, runWith } from '../run.ts';

describe('the home', () => {
  const homes: readonly (readonly [string, readonly string[], Record<string, string>, string])[] = [
    ['~/.smo by default', ['status'], {}, '/users/me/.smo'],
    ['SMO_HOME', ['status'], { SMO_HOME: '/elsewhere' }, '/elsewhere'],
    ['~/.smo when SMO_HOME is empty', ['status'], { SMO_HOME: '' }, '/users/me/.smo'],
    ['--home before the command', ['--home', '/h', 'status'], { SMO_HOME: '/elsewhere' }, '/h'],
    ['--home after the command', ['status', '--home', 'rel'], {}, resolve('rel')],
  ];
  test.each(homes)('is %s', async (_name, argv, env, home) => {
    const { host, asked } = fakeHost();
    expect(await run(host, argv, { env })).toMatchObject({ code: 0 });
    expect(asked).toEqual([['open', resolve(home)], ['close']]);
  });

  test('is closed after a failure', async () => {
    const { host, asked } = fakeHost();
    expect(await run(host, ['history', 'zz'])).toMatchObject({ code: 1 });
    expect(asked.at(-1)).toEqual(['close']);
  });

  test('that cannot be opened is one line and exit code 1', async () => {
    const open = async () => {
      throw new SmoError('home_missing', 'there is no device in /h', 'Run "smo init" or "smo join".');
    };
    expect(await runWith({}, ['status'], { open })).toEqual({
      code: 1,
      stdout: '',
      stderr: 'smo: there is no device in /h. Run "smo init" or "smo join".\n',
    });
    expect(await runWith({}, ['status', '--json'], { open })).toEqual({
      code: 1,
      stdout:
        '{"error":{"code":"home_missing","message":"there is no device in /h","hint":"Run \\"smo init\\" or \\"smo join\\"."}}\n',
      stderr: '',
    });
  });
});
