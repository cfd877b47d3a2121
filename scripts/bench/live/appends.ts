import { setTimeout as pause } from 'node:timers/promises';
import type { DeviceProcess } from '../../../node/demo/device-process.ts';
import { CORE_TYPE } from '../../../protocol/event/index.ts';
import type { Figures } from '../frame/subject.ts';

/** Appends before the measured ones, while code is compiled and caches fill. */
const WARM_UP = 50;

/** Marks that are given of each measure. */
const PERCENTILES = [50, 95, 99] as const;

/** What is measured of each append, in ms from the moment when it was asked for. */
const MEASURES = ['other', 'all', 'answered'] as const;

type Measure = (typeof MEASURES)[number];

/** When the event of an entity is shown by a device's log, in ms of this process. */
type Follower = (entityId: string) => Promise<number>;

/**
 * Appends to the first device, one event at a time, and follows the logs of all: one clock measures both ends, and the
 * control sockets are part of the time. The next append begins when all devices have shown the one before.
 *
 * @returns the marks of each measure, `otherP50` for example
 */
export const timeAppends = async (
  devices: readonly DeviceProcess[],
  appends: number,
  gapMs: number,
): Promise<Figures> => {
  const samples: Record<Measure, number[]> = { other: [], all: [], answered: [] };
  const followers = devices.map(({ api }) => follow(api));
  for (let n = -WARM_UP; n < appends; n += 1) {
    const entityId = `bench-${n}`;
    const seen = Promise.all(followers.map((seenAt) => seenAt(entityId)));
    const beganMs = performance.now();
    const draft = { type: CORE_TYPE.stateUpdated, entityId, payload: { text: 'something to read' } };
    await devices[0]?.api.append({ drafts: [draft] });
    const answered = performance.now() - beganMs;
    const [own = beganMs, ...others] = (await seen).map((atMs) => atMs - beganMs);
    if (gapMs > 0) await pause(gapMs);
    if (n < 0) continue;
    samples.answered.push(answered);
    samples.other.push(...others);
    samples.all.push(Math.max(own, ...others));
  }
  return Object.fromEntries(
    MEASURES.flatMap((measure) => {
      const sorted = samples[measure].toSorted((a, b) => a - b);
      return PERCENTILES.map((percent) => [
        `${measure}P${percent}`,
        sorted[Math.ceil((percent / 100) * sorted.length) - 1] ?? Number.NaN,
      ]);
    }),
  );
};

const follow = (api: DeviceProcess['api']): Follower => {
  const seen = new Map<string, number>();
  const waiting = new Map<string, (atMs: number) => void>();
  const read = async (): Promise<void> => {
    for await (const { entityId } of api.log({ follow: true })) {
      const atMs = performance.now();
      waiting.get(entityId)?.(atMs);
      waiting.delete(entityId);
      seen.set(entityId, atMs);
    }
  };
  // The stream breaks when its process is stopped at the end.
  read().catch(() => undefined);
  return (entityId) =>
    new Promise((found) => {
      const atMs = seen.get(entityId);
      if (atMs === undefined) waiting.set(entityId, found);
      else found(atMs);
    });
};
