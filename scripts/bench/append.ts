/**
 * Durable appends: in batches of 1,000, one at a time by one caller, and by 32 callers at once. Ours through the API of
 * an embedded device, beside LevelDB alone with the same bytes, each write synced: `npm run bench:append`.
 */
import { join } from 'node:path';
import { CALLERS, type Manner } from './append/append-job.ts';
import { APPENDER, appendRound } from './append/append-round.ts';
import { runBench } from './frame/bench.ts';
import { profiled } from './frame/cpu-profile.ts';
import { CPU_PROF } from './frame/options.ts';
import type { Group, Subject } from './frame/subject.ts';
import { howToInstall, isInstalled } from './peers/installed.ts';
import { BATCH, RECORD_BYTES } from './workload/notes.ts';

/** Where a caller waits for nobody, as many times the events are written while one alone is. */
const CALLERS_TIMES = 4;

const LEVEL = 'LevelDB, synced';

const HYPERCORE = 'hypercore';

const ORBITDB = '@orbitdb/core';

const peer = (name: string): string => join(import.meta.dirname, `peers/${name}-append-worker.ts`);

await runBench({
  name: 'append',
  packages: ['classic-level', HYPERCORE, ORBITDB],
  sizes: [
    { name: 'events', byDefault: 20_000, least: 100, most: 10_000_000, help: 'events in batches' },
    { name: 'single', byDefault: 1_000, least: 10, most: 1_000_000, help: 'events one at a time' },
  ],
  texts: [CPU_PROF],
  async prepare({ sizes: { events = 0, single = 0 }, texts }, scratch) {
    const profiles = texts[CPU_PROF.name];
    const subject = (name: string, module: string, manner: Manner, count: number): Subject => ({
      name,
      measure: () => appendRound(scratch, module, { manner, events: count }),
    });
    const withPeer = isInstalled(HYPERCORE);
    const group = (title: string, manner: Manner, count: number): Group => ({
      title: `${title}, ${count.toLocaleString('en')} events of ${RECORD_BYTES} bytes`,
      figures: [{ key: 'perS', title: 'events/s' }],
      ratios: [LEVEL, ...(withPeer ? [HYPERCORE] : [])].map((of) => ({ figure: 'perS', of })),
      subjects: [
        subject('smo-mesh', APPENDER.smo, manner, count),
        subject(LEVEL, APPENDER.level, manner, count),
        ...(withPeer ? [subject(HYPERCORE, peer('hypercore'), manner, count)] : []),
        // It knows no batches, and callers that come at once wait for each other.
        ...(manner === 'one caller' && isInstalled(ORBITDB)
          ? [subject('OrbitDB', peer('orbitdb'), manner, count)]
          : []),
      ],
    });
    return {
      ...(profiles !== undefined && {
        after: () =>
          profiled(profiles, (execArgv) =>
            appendRound(scratch, APPENDER.smo, { manner: 'batches', events }, execArgv),
          ),
      }),
      missing: [HYPERCORE, ORBITDB].filter((name) => !isInstalled(name)).map(howToInstall),
      groups: [
        group(`Batches of ${BATCH.toLocaleString('en')}`, 'batches', events),
        group('One at a time by one caller', 'one caller', single),
        group(`One at a time by ${CALLERS} callers`, 'many callers', CALLERS_TIMES * single),
      ],
    };
  },
});
