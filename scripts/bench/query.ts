/**
 * What a device is asked for most, with many events and with a tenth of them; what is asked of one entity should take
 * the same with both: `npm run bench:query`.
 */
import { join } from 'node:path';
import { runBench } from './frame/bench.ts';
import { doJob } from './frame/bench-process.ts';
import type { Figures, Subject } from './frame/subject.ts';
import { addConflicts } from './query/add-conflicts.ts';
import type { QueryJob } from './query/jobs.ts';
import { fillHome } from './workload/filled-home.ts';
import { EVENTS_AN_ENTITY, RECORD_BYTES } from './workload/notes.ts';

/** One entity out of so many has a conflict. */
const ENTITIES_A_CONFLICT = 100;

const TENTH = 'a tenth';

const WORKER = join(import.meta.dirname, 'query/smo-worker.ts');

const FIGURES = [
  { key: 'listMs', title: 'list, ms', digits: 2 },
  { key: 'conflictsMs', title: 'conflicts, ms', digits: 2 },
  { key: 'showMs', title: 'show, ms', digits: 2 },
  { key: 'historyMs', title: 'history, ms', digits: 2 },
] as const;

await runBench({
  name: 'query',
  packages: ['classic-level'],
  sizes: [{ name: 'events', byDefault: 20_000, least: 1_000, most: 10_000_000, help: 'events of the home' }],
  async prepare({ sizes: { events = 0 } }, scratch) {
    const subject = async (name: string, count: number): Promise<Subject> => {
      const folder = join(scratch, String(count));
      const entities = Math.ceil(count / EVENTS_AN_ENTITY);
      await addConflicts(await fillHome(folder, count, entities), Math.ceil(entities / ENTITIES_A_CONFLICT));
      return { name, measure: () => doJob<Figures>(WORKER, { folder, entities } satisfies QueryJob) };
    };
    const subjects = [await subject('all', events), await subject(TENTH, Math.ceil(events / 10))];
    return {
      groups: [
        {
          title: `${events.toLocaleString('en')} events of ${RECORD_BYTES} bytes, ${EVENTS_AN_ENTITY} an entity; one entity of ${ENTITIES_A_CONFLICT} in conflict`,
          figures: FIGURES,
          ratios: FIGURES.map(({ key }) => ({ figure: key, of: TENTH })),
          subjects,
        },
      ],
    };
  },
});
