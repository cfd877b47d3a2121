/**
 * How long an append on one device takes to be seen on the others, all of them processes of this machine that are
 * connected with each other: `npm run bench:live`.
 */
import { join } from 'node:path';
import { runBench } from './frame/bench.ts';
import { withRoundFolder } from './frame/scratch.ts';
import type { Aim, Subject } from './frame/subject.ts';
import { timeAppends } from './live/appends.ts';
import { pairHomes, withMesh } from './live/mesh.ts';

/** What is aimed at, for so many devices. */
const AIMS: ReadonlyMap<number, Aim> = new Map([
  [3, { text: 'another device: p50 < 5 ms', held: ({ otherP50 = Number.NaN }) => otherP50 < 5 }],
  [10, { text: 'another device: p99 < 50 ms', held: ({ otherP99 = Number.NaN }) => otherP99 < 50 }],
]);

await runBench({
  name: 'live',
  packages: ['libp2p', 'classic-level'],
  sizes: [
    { name: 'appends', byDefault: 100, least: 10, most: 100_000, help: 'appends of a round, one at a time' },
    { name: 'gap', byDefault: 0, least: 0, most: 60_000, help: 'ms between two of them' },
  ],
  lists: [
    {
      name: 'devices',
      byDefault: [3, 10, 30],
      least: 2,
      most: 100,
      help: 'devices, each a process of its own',
    },
  ],
  async prepare({ sizes: { appends = 0, gap = 0 }, lists: { devices = [] } }, scratch) {
    const subject = async (count: number): Promise<Subject> => {
      const paired = join(scratch, `paired-${count}`);
      await pairHomes(paired, count);
      const aim = AIMS.get(count);
      return {
        name: `${count} devices`,
        ...(aim && { aim }),
        measure: () =>
          withRoundFolder(scratch, (folder) =>
            withMesh(paired, folder, count, (all) => timeAppends(all, appends, gap)),
          ),
      };
    };
    const subjects: Subject[] = [];
    for (const count of devices) subjects.push(await subject(count));
    return {
      groups: [
        {
          title: `${appends.toLocaleString('en')} appends, one at a time, until they are seen: ms`,
          figures: [
            { key: 'otherP50', title: 'by another device: p50', digits: 1 },
            { key: 'otherP95', title: 'p95', digits: 1 },
            { key: 'otherP99', title: 'p99', digits: 1 },
            { key: 'allP50', title: 'by all: p50', digits: 1 },
            { key: 'allP95', title: 'p95', digits: 1 },
            { key: 'allP99', title: 'p99', digits: 1 },
            { key: 'answeredP50', title: 'answered: p50', digits: 1 },
          ],
          ratios: [],
          subjects,
        },
      ],
    };
  },
});
