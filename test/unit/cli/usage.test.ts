import { describe, expect, test } from 'vitest';
import { fakeHost } from './fake-host.ts';
import { run } from './run.ts';

const COMMANDS = [
  'init',
  'invite',
  'join',
  'demo',
  'up',
  'status',
  'peers',
  'device',
  'doctor',
  'online',
  'offline',
  'create',
  'update',
  'list',
  'show',
  'sim',
  'history',
  'relate',
  'unrelate',
  'metric',
  'conflicts',
  'resolve',
  'append',
  'log',
  'seal',
  'verify',
  'evidence',
  'export',
  'import',
  'project',
  'conformance',
  'help',
] as const;

const { host } = fakeHost();

describe('help', () => {
  test('lists every command, and no other', async () => {
    const { code, stdout, stderr } = await run(host, ['--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const listed = [...stdout.matchAll(/^ {2}([a-z]+)\b/gm)].map(([, name]) => name);
    expect(listed.sort()).toEqual([...COMMANDS].sort());
    expect((await run(host, [])).stdout).toBe(stdout);
    expect((await run(host, ['help'])).stdout).toBe(stdout);
  });

  test.each(COMMANDS)('of %s says what it does, with an example', async (name) => {
    const { code, stdout, stderr } = await run(host, ['help', name]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`^Usage: smo ${name}\\b`));
    const [, examples = ''] = stdout.split('\nExamples:\n');
    expect(examples).toMatch(new RegExp(`^ {2}\\$ smo (?:--home \\S+ )?${name}\\b`, 'm'));
    expect((await run(host, [name, '--help'])).stdout).toBe(stdout);
  });

  test('and the version have a form for programs', async () => {
    expect(JSON.parse((await run(host, ['help', 'up', '--json'])).stdout).help).toContain('Usage: smo up');
    expect(await run(host, ['--version'])).toEqual({ code: 0, stdout: '1.2.3\n', stderr: '' });
    expect((await run(host, ['--version', '--json'])).stdout).toBe('{"version":"1.2.3"}\n');
  });
});

describe('a mistake in use', () => {
  const mistakes: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['an unknown command', ['lst'], /unknown command 'lst'.*Did you mean list\?.*smo help/],
    ['an unknown command to explain', ['help', 'nix'], /unknown command 'nix'/],
    ['an unknown option', ['status', '--verbose'], /unknown option '--verbose'.*smo help status/],
    ['an unknown option before the command', ['--verbose', 'status'], /unknown option '--verbose'/],
    ['a missing argument', ['show'], /missing required argument 'entity'.*smo help show/],
    ['an argument too many', ['list', 'all'], /too many arguments/],
    ['a missing value of an option', ['log', '--last'], /argument missing/],
    ['a missing option', ['append'], /--jsonl/],
    ['a value that is no choice', ['invite', '--role', 'king'], /admin, writer, reader, replica/],
    ['a time without unit', ['invite', '--expires', '15'], /15m/],
    ['no time at all', ['join', 't', '--timeout', '0s'], /whole number/],
    ['a time past counting', ['invite', '--expires', '99999999999999d'], /whole number/],
    ['a count that is none', ['log', '--last', '1.5'], /whole number/],
    ['a home that a variable was to name', ['--home=', 'status'], /--home names no folder/],
    ['options that exclude each other', ['export', '--jsonl', '--smo-os'], /cannot be used with/],
  ];

  test.each(mistakes)('%s is one line on stderr and exit code 2', async (_name, argv, what) => {
    const { code, stdout, stderr } = await run(host, argv);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^smo: [^\n]+\n$/);
    expect(stderr).toMatch(what);
  });

  test.each(mistakes)('%s is one JSON document with --json anywhere', async (_name, argv, what) => {
    for (const line of [
      ['--json', ...argv],
      [...argv.slice(0, 1), '--json', ...argv.slice(1)],
    ]) {
      const { code, stdout, stderr } = await run(host, line);
      expect({ code, stderr }).toEqual({ code: 2, stderr: '' });
      const { error } = JSON.parse(stdout);
      expect(error.code).toBe('usage');
      expect(`${error.message}. ${error.hint}`).toMatch(what);
    }
  });

  test('no command is one too, for programs', async () => {
    const { code, stdout } = await run(host, ['--json']);
    expect(code).toBe(2);
    expect(JSON.parse(stdout).error).toMatchObject({ code: 'usage' });
  });

  test('a --json that is an argument does not change the form', async () => {
    const { stderr } = await run(host, ['show', '--', '--json', 'more']);
    expect(stderr).toMatch(/^smo: /);
  });
});

describe('a bug', () => {
  test('is one line, with its stack on demand', async () => {
    const { code, stderr } = await run(host, ['list']);
    expect(code).toBe(1);
    expect(stderr).toBe(
      'smo: internal error: list was not expected. Set SMO_DEBUG=1 to see where it happened.\n',
    );
    const debug = await run(host, ['list', '--json'], { env: { SMO_DEBUG: '1' } });
    expect(JSON.parse(debug.stdout).error.code).toBe('internal');
    expect(debug.stderr).toMatch(/fake-host/);
  });
});
