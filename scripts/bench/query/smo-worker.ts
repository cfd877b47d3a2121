/** Asks an embedded device for what it shows, again and again; each figure is the median of one kind of question. */
import { openDevice } from '../../../node/index.ts';
import { median } from '../../../simulations/index.ts';
import { homeIn } from '../../home-place.ts';
import { serveJob } from '../frame/serve-job.ts';
import { noteId } from '../workload/notes.ts';
import type { QueryJob } from './jobs.ts';

/** How often is asked for everything, and for one entity. */
const TIMES = { all: 5, one: 100 } as const;

const medianMs = async (times: number, ask: (turn: number) => Promise<unknown>): Promise<number> => {
  // The first one compiles.
  await ask(0);
  const tookMs: number[] = [];
  for (let turn = 0; turn < times; turn += 1) {
    const beganMs = performance.now();
    await ask(turn);
    tookMs.push(performance.now() - beganMs);
  }
  return median(tookMs) ?? Number.NaN;
};

await serveJob<QueryJob>(async ({ folder, entities }, tell) => {
  const { home, env } = homeIn(folder);
  const { api, close } = await openDevice(home, env);
  // All over the space, so that no two are read together.
  const entity = (turn: number): string => noteId(Math.floor((turn * entities) / TIMES.one));
  const figures = {
    listMs: await medianMs(TIMES.all, () => api.list()),
    conflictsMs: await medianMs(TIMES.all, () => api.conflicts({ all: false })),
    showMs: await medianMs(TIMES.one, (turn) => api.show({ entity: entity(turn) })),
    historyMs: await medianMs(TIMES.one, (turn) => api.history({ entity: entity(turn) })),
  };
  await close();
  tell(figures);
});
