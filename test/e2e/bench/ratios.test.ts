import { expect, test } from 'vitest';
import { APPENDER, appendRound } from '../../../scripts/bench/append/append-round.ts';
import { coldSyncSource, floorSubject, receiveAll } from '../../../scripts/bench/cold-sync/subjects.ts';
import { measureRounds } from '../../../scripts/bench/frame/rounds.ts';
import type { Subject } from '../../../scripts/bench/frame/subject.ts';
import { ratioName, summarise } from '../../../scripts/bench/frame/summary.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** An odd number, so that the median is one of them. */
const ROUNDS = 3;

const EVENTS = 3_000;

/**
 * A third of what was seen (docs/performance.md, "Guarded ratios"): other work on the same cores does not bring a ratio
 * there, and code that has become ten times slower does.
 */
const LEAST = { coldSyncOfFloor: 0.06, appendsOfLevel: 0.017 } as const;

/** Far more than it takes: how long it takes says nothing here. */
const TIMEOUT_MS = 300_000;

/** How many times as fast the first one is as the other: the median of the ratios within rounds. */
const ratioOf = async (ours: Subject, other: Subject): Promise<number | undefined> => {
  const measured = await measureRounds([ours, other], ROUNDS, () => undefined);
  const ratio = { figure: 'perS', of: other.name };
  return summarise(measured, [{ key: 'perS', title: 'events/s' }], [ratio])[0]?.ratios[ratioName(ratio)];
};

test(
  'a cold sync is not far slower than the least that can be done with the events',
  async () => {
    const source = await coldSyncSource(temporaryFolder(), EVENTS);
    const ours: Subject = { name: 'smo-mesh', measure: () => receiveAll(source) };
    expect(await ratioOf(ours, floorSubject(source, 'floor', 'all'))).toBeGreaterThan(LEAST.coldSyncOfFloor);
  },
  TIMEOUT_MS,
);

test(
  'appends in batches are not far slower than LevelDB',
  async () => {
    const scratch = temporaryFolder();
    const [ours, level] = (['smo', 'level'] as const).map(
      (name): Subject => ({
        name,
        measure: () => appendRound(scratch, APPENDER[name], { manner: 'batches', events: EVENTS }),
      }),
    ) as [Subject, Subject];
    expect(await ratioOf(ours, level)).toBeGreaterThan(LEAST.appendsOfLevel);
  },
  TIMEOUT_MS,
);
