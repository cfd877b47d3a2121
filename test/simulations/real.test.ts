import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeSampleRepository } from '../../node/git/index.ts';
import { runReal } from '../../node/host/real/run-real.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Three devices in a row, whose ends cannot do without the middle; one end is cut off, and a session breaks. */
const ROW = `name: row
peers: 3
topology: ring
phases: { setup: 10s, chaos: 30s, heal: 2m, quiet: 10s }
workload: { events: 30, entities: 3, sharedPercent: 90, resolutions: 3, seals: 2 }
faults:
  - { kind: isolate, devices: 2, during: 5s to 20s }
  - { kind: reset, at: 25s }
sometimes: [write-while-parted]
`;

/** All write all entities at once, each as a commit of its own. */
const REWRITE = `name: rewrite
peers: 3
phases: { setup: 10s, chaos: 30s, heal: 2m, quiet: 10s }
workload:
  events: 0
  entities: 20
  operations:
    - { kind: rewrite, at: 10s, together: false }
`;

const runFile = (text: string, over: Partial<Parameters<typeof runReal>[0]> = {}) => {
  const file = join(temporaryFolder(), 'some.yaml');
  writeFileSync(file, text);
  const { signal } = new AbortController();
  return runReal({
    scenario: file,
    seed: 1n,
    transport: 'memory',
    signal,
    onProgress: () => undefined,
    ...over,
  });
};

describe('real devices', () => {
  test.each(['memory', 'tcp'] as const)(
    'come to the very state of virtual ones over %s',
    { timeout: 120_000 },
    async (transport) => {
      const { simulated, real, problems, peers } = await runFile(ROW, { transport });
      expect({ problems, peers }).toEqual({ problems: [], peers: 3 });
      expect(real.digests).toEqual(simulated.digests);
      expect([real.events, real.conflicts]).toEqual([simulated.events, simulated.conflicts]);
      expect(real.bytes).toBeGreaterThan(0);
    },
  );

  test('write a history of git too', { timeout: 120_000 }, async () => {
    const folder = join(temporaryFolder(), 'repository');
    await makeSampleRepository(folder);
    const { simulated, real, problems } = await runFile(ROW, { workload: `git:${folder}` });
    expect(problems).toEqual([]);
    expect(real).toMatchObject({ digests: simulated.digests, conflicts: { open: 0, closed: 2 } });
  });

  test.each([
    ['losses of power', 'faults: [{ kind: crash, at: 5s }]'],
    ['links that go one way', 'faults: [{ kind: one-way, during: 5s to 20s }]'],
    ['cuts too short to end a session', 'faults: [{ kind: isolate, during: 5s to 6s }]'],
    ['clogged links', 'faults: [{ kind: clog, during: 5s to 20s }]'],
    ['revocations', 'faults: [{ kind: revoke, at: 5s }]'],
    ['a founding before the run', 'founding: before'],
    ['clocks that are set', 'faults: [{ kind: clock, at: 5s, step: 1h }]'],
  ])('are refused %s', async (what, line) => {
    await expect(runFile(`name: some\n${line}\n`)).rejects.toMatchObject({
      code: 'not_for_real',
      message: `scenario some holds what cannot be done to real devices: ${what}`,
    });
  });

  test.each(['simulated', 'on real devices'])(
    'end when they are interrupted while the scenario is %s',
    { timeout: 120_000 },
    async (wanted) => {
      const abort = new AbortController();
      const phases = new Set<string>();
      const onProgress = ({ phase }: { readonly phase: string }): void => {
        phases.add(phase);
        if (phase === wanted) abort.abort();
      };
      await expect(runFile(ROW, { signal: abort.signal, onProgress })).rejects.toMatchObject({
        code: 'interrupted',
      });
      expect([...phases].at(-1)).toBe(wanted);
    },
  );

  test('write in one commit what virtual ones wrote at one instant', { timeout: 120_000 }, async () => {
    const { simulated, real, problems } = await runFile(REWRITE);
    expect(problems).toEqual([]);
    // A commit for each write would be more than twice as much.
    expect(real.bytes).toBeLessThan(1.5 * simulated.bytes);
  });

  test('are no more than fit into a process', async () => {
    await expect(runFile('name: some', { peers: 51 })).rejects.toMatchObject({
      code: 'not_for_real',
      hint: expect.stringContaining('up to 50'),
    });
    await expect(runFile('name: some', { peers: 26 })).rejects.toMatchObject({
      code: 'not_for_real',
      message: '325 links between real devices are too many for one process',
    });
  });
});
