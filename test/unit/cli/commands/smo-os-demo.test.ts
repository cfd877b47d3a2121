import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CliHost } from '../../../../node/cli/index.ts';
import { IDS } from '../fake-host.ts';
import { runWith } from '../run.ts';

describe('project, conformance, demo', () => {
  test('project prints the view, or the count', async () => {
    const view = { entities: {}, conflicts: [] };
    const projectSmoOs: CliHost['projectSmoOs'] = async (files) => ({ view, count: files.length });
    const host = { projectSmoOs };
    const plain = await runWith({}, ['project', 'a', 'b'], host);
    expect(JSON.parse(plain.stdout)).toEqual(view);
    expect((await runWith({}, ['project', 'a', '--json'], host)).stdout).toBe(`${JSON.stringify(view)}\n`);
    expect((await runWith({}, ['project', '--count', 'a', 'b'], host)).stdout).toBe('2\n');
    expect((await runWith({}, ['project', '--count', 'a', '--json'], host)).stdout).toBe('{"count":1}\n');
    expect(await runWith({}, ['project'], host)).toMatchObject({ code: 2 });
  });

  test('conformance fails when a case fails', async () => {
    const cases = [
      { name: 'one', ok: true },
      { name: 'two', ok: false, message: 'entities differ' },
    ];
    const host: Partial<CliHost> = { conformance: async () => ({ ok: false, cases }) };
    const plain = await runWith({}, ['conformance', 'dir'], host);
    expect(plain).toMatchObject({
      code: 1,
      stdout: 'pass  one\nFAIL  two: entities differ\n1 of 2 cases passed.\n',
    });
    const json = await runWith({}, ['conformance', 'dir', '--json'], host);
    expect(JSON.parse(json.stdout)).toEqual({ ok: false, cases });
  });

  test('demo passes its options on and ends with a table', async () => {
    const inputs: unknown[] = [];
    const report = {
      ok: true,
      story: ['laptop makes a space', 'desktop joins'],
      source: 'a made repository',
      commits: 12,
      events: 90,
      segments: 3,
      bytesMoved: 4096,
      conflictsClosed: 1,
      partition: {
        field: 'smo-demo colour',
        sides: [
          { devices: ['laptop'], events: 9, digest: 'a'.repeat(64), value: 'green' },
          { devices: ['desktop', 'server'], events: 9, digest: 'b'.repeat(64), value: 'blue' },
        ],
        healed: {
          devices: ['laptop', 'desktop', 'server'],
          events: 11,
          digest: 'c'.repeat(64),
          value: 'green',
        },
      },
      converged: true,
      stateEqualsGit: true,
      durationMs: 4_200,
      devices: [
        {
          name: 'desk',
          device: IDS.desk,
          events: 90,
          segments: 3,
          bytesIn: 10,
          bytesOut: 2048,
          digest: 'f'.repeat(64),
          verified: true,
        },
      ],
    };
    const demo: CliHost['demo'] = async ({ onProgress, signal, ...input }) => {
      inputs.push(input);
      onProgress({ phase: 'pairing', done: 1, total: 2 });
      expect(signal.aborted).toBe(false);
      return report;
    };
    const plain = await runWith({}, ['demo'], { demo });
    expect(plain.code).toBe(0);
    expect(plain.stdout).toMatch(/desk +90 +3 +10 B +2\.0 KiB +yes +f{16}\n/);
    expect(plain.stdout).toMatch(/apart +desktop, server +9 +blue +b{16}\n/);
    expect(plain.stdout).toMatch(/healed +laptop, desktop, server +11 +green +c{16}\n/);
    expect(plain.stdout).toContain('the state equals git ls-tree -r HEAD');
    expect(plain.stderr).toBe('');
    const argv = ['demo', '--git', '/r', '--devices', '5', '--keep', '/k', '--crash', '--json'];
    expect(JSON.parse((await runWith({}, argv, { demo })).stdout)).toEqual(report);
    const command = ['node', 'main.js'];
    expect(inputs).toEqual([
      { devices: 3, crash: false, command },
      { devices: 5, crash: true, command, git: resolve('/r'), keep: resolve('/k') },
    ]);
    const failed = await runWith({}, ['demo'], {
      demo: async () => ({ ...report, ok: false, converged: false }),
    });
    expect(failed.code).toBe(1);
    expect(failed.stdout).toContain('DIFFER');
    expect(await runWith({}, ['demo', '--devices', '1'], { demo })).toMatchObject({ code: 2 });
  });
});
