import type { PlacedEvent } from '../../../protocol/event/index.ts';
import type { Plan, Sighting } from '../../../simulations/index.ts';
import { type Held, HeldLogs, pairOf } from './held-logs.ts';

/** Events that a virtual device wrote in one go. */
export interface RecordedWrite {
  readonly device: number;
  readonly events: readonly PlacedEvent[];
  readonly atUs: number;
}

/** What is taken down of a simulation, in the order in which it happened. */
export interface Recording {
  readonly writes: readonly RecordedWrite[];
  readonly sightings: readonly Sighting[];
}

/** Events that are written in one go. */
type Batch = readonly PlacedEvent[];

/** What real devices are to do, or what is to be done to them, one after the other. */
export type RealAct =
  /** Devices write at the same time, and each one without waiting between what it writes. */
  | { readonly type: 'write'; readonly batches: ReadonlyMap<number, readonly Batch[]> }
  | { readonly type: 'seal'; readonly device: number }
  /** From now on just these pairs cannot reach each other; after all hold what the virtual devices held then. */
  | { readonly type: 'part'; readonly pairs: ReadonlySet<string>; readonly held: readonly Held[] }
  | {
      readonly type: 'reset';
      readonly a: number;
      readonly b: number;
      readonly held: readonly Held[];
    };

/** What of a plan cannot be done to real devices, in a few words each. */
export const unfitFor = ({ founding, faults, operations }: Plan): readonly string[] => {
  const words = new Set<string>();
  if (founding === 'before') words.add('a founding before the run');
  for (const { type } of faults) if (!FIT.has(type)) words.add(WORDS[type] ?? type);
  for (const { type } of operations) {
    if (type === 'revoke') words.add('revocations');
    if (type === 'role') words.add('changes of roles');
  }
  if (hasShortCut(faults)) words.add('cuts too short to end a session');
  for (const { directions } of partings(faults)) {
    const isBothWays = [...directions].every((one) => directions.has(one.split(' ').reverse().join(' ')));
    if (!isBothWays) words.add('links that go one way');
  }
  return [...words];
};

const FIT: ReadonlySet<string> = new Set(['block', 'unblock', 'reset']);

const WORDS: Readonly<Record<string, string>> = {
  clog: 'clogged links',
  unclog: 'clogged links',
  scramble: 'links without order',
  unscramble: 'links without order',
  crash: 'losses of power',
  start: 'losses of power',
  backup: 'restored backups',
  restore: 'restored backups',
  wipe: 'lost disks',
  rot: 'rotten records',
  clock: 'clocks that are set',
};

/**
 * The acts of real devices that come to what virtual ones came to: each event with the place, the time and the past that
 * it had there, and each change of who reaches whom when all that had been seen there is seen here.
 */
export const scriptOf = (plan: Plan, { writes, sightings }: Recording): readonly RealAct[] => {
  const places = new Map(writes.flatMap(({ events }) => events.map((event) => [event.id, event] as const)));
  const held = new HeldLogs(plan, places, sightings);
  const timed: (readonly [atUs: number, act: () => RealAct])[] = [];
  for (const [atUs, batches] of byInstant(writes)) timed.push([atUs, () => ({ type: 'write', batches })]);
  for (const { type, atUs, device } of plan.operations)
    if (type === 'seal') timed.push([atUs, () => ({ type, device })]);
  for (const fault of plan.faults) {
    if (fault.type !== 'reset') continue;
    const { type, atUs, a, b } = fault;
    timed.push([atUs, () => ({ type, a, b, held: held.at(atUs) })]);
  }
  const changes = partings(plan.faults);
  for (const [i, { atUs, directions }] of changes.entries()) {
    const untilUs = changes[i + 1]?.atUs ?? Number.POSITIVE_INFINITY;
    const pairs = new Set(
      [...directions].map((one) => {
        const [from, to] = one.split(' ').map(Number);
        return pairOf(from ?? 0, to ?? 0);
      }),
    );
    timed.push([atUs, () => ({ type: 'part', pairs, held: held.atParting(atUs, pairs, untilUs) })]);
  }
  return timed.toSorted(([a], [b]) => a - b).map(([, act]) => act());
};

/** What each device writes at an instant: waiting in between would make more commits of it, and more messages. */
const byInstant = (writes: readonly RecordedWrite[]): ReadonlyMap<number, ReadonlyMap<number, Batch[]>> => {
  const instants = new Map<number, Map<number, Batch[]>>();
  for (const { device, events, atUs } of writes) {
    const batches = instants.get(atUs) ?? new Map<number, Batch[]>();
    instants.set(atUs, batches);
    batches.set(device, [...(batches.get(device) ?? []), events]);
  }
  return instants;
};

/** A virtual session outlives a cut of up to so long, and what was sent comes later; a real one here ends at once. */
const SESSION_OUTLIVES_US = 10_000_000;

const hasShortCut = (faults: Plan['faults']): boolean => {
  const since = new Map<string, number>();
  return faults.some((fault) => {
    if (fault.type !== 'block' && fault.type !== 'unblock') return false;
    const direction = `${fault.from} ${fault.to}`;
    if (fault.type === 'block') since.set(direction, fault.atUs);
    else return fault.atUs - (since.get(direction) ?? fault.atUs) < SESSION_OUTLIVES_US;
    return false;
  });
};

/** The directions that are blocked, each time that they have changed. */
const partings = (faults: Plan['faults']) => {
  const blocked = new Set<string>();
  const changes: { readonly atUs: number; directions: ReadonlySet<string> }[] = [];
  for (const fault of faults) {
    if (fault.type !== 'block' && fault.type !== 'unblock') continue;
    const direction = `${fault.from} ${fault.to}`;
    if (fault.type === 'block') blocked.add(direction);
    else blocked.delete(direction);
    if (changes.at(-1)?.atUs === fault.atUs) changes.pop();
    changes.push({ atUs: fault.atUs, directions: new Set(blocked) });
  }
  return changes;
};
