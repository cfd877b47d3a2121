import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import type { CliHost } from '../../../node/cli/index.ts';
import { fakeHost, STATUS } from './fake-host.ts';
import { run } from './run.ts';

/** A terminal that keeps what is written to it. */
const terminal = () => {
  let text = '';
  const stream = new Writable({
    write(chunk, _, done) {
      text += chunk;
      done();
    },
  });
  return { stream: Object.assign(stream, { isTTY: true, columns: 80 }), text: () => text };
};

const deviceUp = () => fakeHost({ api: { status: async () => STATUS } });

/** A home whose state is made anew before it opens. */
const rebuilding = (): CliHost => {
  const { host } = deviceUp();
  return {
    ...host,
    open(home, onRebuild) {
      for (const done of [0, 500, 1_000]) onRebuild({ done, total: 1_000 });
      return host.open(home, onRebuild);
    },
  };
};

describe('while a state is made anew before a command', () => {
  test('a bar on the terminal shows how far that is, and is gone before the answer', async () => {
    const { stream, text } = terminal();
    const before: string[] = [];
    const { code } = await run(rebuilding(), ['status'], {
      terminal: stream,
      stdout: { write: async () => void before.push(text()) },
    });
    expect(code).toBe(0);
    const [shown = ''] = before;
    expect(shown).toContain('0%  applying what is stored');
    // The cursor is shown again.
    expect(shown).toMatch(/%.*\[\?25h/s);
    expect(text()).toBe(shown);
  });

  test('nothing is shown to programs, nor without a terminal', async () => {
    const { stream, text } = terminal();
    expect((await run(rebuilding(), ['status', '--json'], { terminal: stream })).stderr).toBe('');
    expect(text()).toBe('');
    expect((await run(rebuilding(), ['status'])).stderr).toBe('');
  });

  test('a bar that was not needed is not made', async () => {
    const { stream, text } = terminal();
    await run(deviceUp().host, ['status'], { terminal: stream });
    expect(text()).toBe('');
  });
});
