import { describe, expect, test } from 'vitest';
import type { NodeApi } from '../../../../node/api/index.ts';
import { OutputClosed, runCli } from '../../../../node/cli/index.ts';
import { SmoError } from '../../../../protocol/fault/index.ts';
import { eventView, fakeHost, STATUS } from '../fake-host.ts';
import { fakeIo, run, runWith } from '../run.ts';

describe('log', () => {
  test('prints lines of JSON, or lines for people', async () => {
    const inputs: unknown[] = [];
    const log: NodeApi['log'] = async function* (input) {
      inputs.push(input);
      yield eventView(1);
      yield eventView(2, { text: 'two\nlines\u001b[0m' });
    };
    const json = await runWith({ log }, ['log', '--json', '--last', '2']);
    expect(
      json.stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).seq),
    ).toEqual([1, 2]);
    const plain = await runWith({ log }, ['log']);
    expect(plain.stdout.trimEnd().split('\n')).toHaveLength(2);
    expect(plain.stdout).toMatch(/ {2}phone {2}ev1\w+ {2}StateUpdated {2}\S+ {2}\{"title":"t1"\}\n/);
    expect(inputs).toEqual([{ follow: false, last: 2 }, { follow: false }]);
  });

  test('marks what does not count, and names devices that were revoked', async () => {
    const tv = `12D3KooW${'v'.repeat(44)}`;
    const log: NodeApi['log'] = async function* () {
      yield { ...eventView(1), origin: `${tv}.aaaaaaaa`, excluded: true };
      yield eventView(2);
    };
    const status = async () => ({ ...STATUS, former: [{ device: tv, name: 'old tv' }] });
    const [first, second] = (await runWith({ log, status }, ['log'])).stdout.split('\n');
    expect(first).toMatch(/ {2}old tv {2}ev1\w+ {2}StateUpdated \(excluded\) {2}/);
    expect(second).not.toContain('excluded');
    expect(JSON.parse((await runWith({ log }, ['log', '--json'])).stdout.split('\n')[0] ?? '')).toMatchObject(
      {
        excluded: true,
      },
    );
  });

  test('a failure in between is told after what came before', async () => {
    const log: NodeApi['log'] = async function* () {
      yield eventView(1);
      throw new SmoError('device_stopped', 'the device stopped');
    };
    const outcome = await runWith({ log }, ['log', '--json']);
    const [first, second] = outcome.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(first.seq).toBe(1);
    expect(second.error.code).toBe('device_stopped');
    expect(outcome.code).toBe(1);
  });

  test('--follow shows each event at once, and ends with a signal', async () => {
    const written = Promise.withResolvers<void>();
    const { host, asked } = fakeHost({
      api: {
        log: async function* () {
          yield eventView(1);
          await new Promise(() => undefined);
        },
      },
    });
    const process = fakeIo({ stdout: { write: async () => written.resolve() } });
    const ended = runCli({
      argv: ['log', '--follow', '--json'],
      io: process.io,
      host: async () => host,
      version: '1',
    });
    await written.promise;
    process.signal('SIGINT');
    expect(await ended).toBe(0);
    expect(asked.at(-1)).toEqual(['close']);
    expect(process.listening()).toBe(0);
  });

  test('a reader that goes away ends it quietly, and the home is closed', async () => {
    let given = 0;
    const { host, asked } = fakeHost({
      api: {
        log: async function* () {
          for (given = 1; ; given += 1) yield eventView(given);
        },
      },
    });
    const outcome = await run(host, ['log'], { stdout: { write: () => Promise.reject(new OutputClosed()) } });
    expect(outcome).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(asked.at(-1)).toEqual(['close']);
  });

  test('a slow reader holds the source up', async () => {
    let given = 0;
    const release = Promise.withResolvers<void>();
    const blocked = Promise.withResolvers<void>();
    const { host } = fakeHost({
      api: {
        log: async function* () {
          for (given = 1; given <= 5_000; given += 1) yield eventView(given, { text: 'x'.repeat(1_000) });
        },
      },
    });
    const write = () => {
      blocked.resolve();
      return release.promise;
    };
    const ended = run(host, ['log', '--json'], { stdout: { write } });
    await blocked.promise;
    expect(given).toBeLessThan(100);
    release.resolve();
    expect(await ended).toMatchObject({ code: 0 });
    expect(given).toBe(5_001);
  });
});
