import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { endWithTest } from '../../support/end-with-test.ts';
import { HAS_FULL_DISK } from '../../support/full-disk.ts';
import { STATUS } from './fake-host.ts';

const REPOSITORY = join(import.meta.dirname, '..', '..', '..');
const BIN = join(REPOSITORY, 'node', 'cli', 'main.ts');
const FAKE = join(import.meta.dirname, 'fake-main.ts');

const start = (file: string, argv: readonly string[], env: Record<string, string> = {}) => {
  const child = endWithTest(
    spawn(process.execPath, [file, ...argv], {
      env: { ...process.env, SMO_HOME: '/none', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  );
  const text = { stdout: '', stderr: '' };
  child.stderr.setEncoding('utf8').on('data', (chunk) => {
    text.stderr += chunk;
  });
  return { child, text, ended: once(child, 'close').then(([code, signal]) => ({ code, signal })) };
};

const run = async (file: string, argv: readonly string[]) => {
  const { child, text, ended } = start(file, argv);
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    text.stdout += chunk;
  });
  return { ...(await ended), ...text };
};

const OUTPUT_REFUSED =
  'smo: the output cannot be written: ENOSPC: no space left on device, write. Make room where it goes to, or send it elsewhere.\n';

describe('the bin', () => {
  test('starts with a line for the shell, and imports nothing before it has looked at Node', () => {
    const source = readFileSync(BIN, 'utf8');
    expect(source.split('\n')[0]).toBe('#!/usr/bin/env node');
    expect(source).not.toMatch(/^import /m);
  });

  test('tells the version of the package, and its help', async () => {
    const { version } = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8'));
    expect(await run(BIN, ['--version'])).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' });
    expect((await run(BIN, ['help', 'append'])).stdout).toContain('Usage: smo append');
  });

  test('tells a mistake in use with exit code 2', async () => {
    expect(await run(BIN, ['lst', '--json'])).toMatchObject({
      code: 2,
      stdout: expect.stringContaining('"code":"usage"'),
      stderr: '',
    });
  });
});

describe('the process', () => {
  test('writes a large result whole to a pipe', async () => {
    const { code, stdout } = await run(FAKE, ['list', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).entities.big.text).toHaveLength(8 * 1024 * 1024);
  });

  test('ends quietly with 0 when its reader goes away', async () => {
    const { child, text, ended } = start(FAKE, ['log', '--json']);
    await once(child.stdout, 'readable');
    child.stdout.destroy();
    expect(await ended).toEqual({ code: 0, signal: null });
    expect(text.stderr).toBe('');
  });

  test.runIf(HAS_FULL_DISK).each([
    [['list'], 1, OUTPUT_REFUSED],
    [['log'], 1, OUTPUT_REFUSED],
    [['list', '--json'], 1, OUTPUT_REFUSED],
    [['--help'], 1, OUTPUT_REFUSED],
    [['show', '--json'], 2, 'smo: missing required argument \'entity\'. See "smo help show".\n'],
  ])('says on the standard error what the standard output does not take: %s', (argv, code, said) => {
    const full = openSync('/dev/full', 'w');
    const { status, stderr } = spawnSync(process.execPath, [FAKE, ...argv], {
      env: { ...process.env, SMO_HOME: '/none' },
      stdio: ['ignore', full, 'pipe'],
      encoding: 'utf8',
    });
    closeSync(full);
    expect([status, stderr]).toEqual([code, said]);
  });

  test.skipIf(process.platform === 'win32').each(['SIGINT', 'SIGTERM'] as const)(
    'that is up stops cleanly on %s',
    async (signal) => {
      const { child, text, ended } = start(FAKE, ['up', '--json']);
      const [line] = await once(child.stdout.setEncoding('utf8'), 'data');
      expect(JSON.parse(line)).toMatchObject({ ready: true, device: STATUS.device });
      child.kill(signal);
      expect(await ended).toEqual({ code: 0, signal: null });
      expect(text.stderr).toBe('');
    },
  );

  test.skipIf(process.platform === 'win32')(
    'that takes its time to stop ends at the second signal',
    async () => {
      const { child, ended } = start(FAKE, ['up', '--json'], { SMO_HOME: '/slow' });
      await once(child.stdout, 'data');
      // Signals that come together count once: repeated until it has ended.
      const again = setInterval(() => child.kill('SIGINT'), 20);
      const { code } = await ended;
      clearInterval(again);
      expect(code).toBe(130);
    },
  );
});
