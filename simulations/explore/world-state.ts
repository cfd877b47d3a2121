import type { LocalState, LocalStates } from './local-states.ts';
import type { FaultsLeft } from './scope.ts';

/** Stands in a queue before all frames: the one to whom they go does not know of the session yet. */
export const CONNECTED = -1;

/** The whole world at one moment. It never changes. */
export interface WorldState {
  readonly locals: readonly LocalState[];
  /** For each device, and each device that it hears from, the frames under way: `queues[from * peers + to]`. */
  readonly queues: readonly (readonly number[])[];
  /** Pairs that have a session, as `a * peers + b` with a < b. */
  readonly sessions: ReadonlySet<number>;
  /** Who is cut off. */
  readonly parted: number | undefined;
  readonly left: FaultsLeft;
}

/** The state as a short text: states with the same one are the same. */
export const keyOf = ({ locals, queues, sessions, parted, left }: WorldState): string => {
  const { drops, duplicates, crashes, partitions } = left;
  return [
    locals.map(({ id }) => id).join(),
    queues.map((frames) => frames.join('.')).join(),
    [...sessions].sort((one, other) => one - other).join(),
    parted ?? '',
    [drops, duplicates, crashes, partitions].join(),
  ].join(' ');
};

/** The state of which this is the key. */
export const stateOfKey = (key: string, states: LocalStates): WorldState => {
  const [locals = '', queues = '', sessions = '', parted = '', left = ''] = key.split(' ');
  const [drops = 0, duplicates = 0, crashes = 0, partitions = 0] = numbersIn(left, ',');
  return {
    locals: numbersIn(locals, ',').map((id) => states.at(id)),
    queues: queues.split(',').map((frames) => numbersIn(frames, '.')),
    sessions: new Set(numbersIn(sessions, ',')),
    parted: parted === '' ? undefined : Number(parted),
    left: { drops, duplicates, crashes, partitions },
  };
};

const numbersIn = (text: string, separator: string): readonly number[] =>
  text === '' ? [] : text.split(separator).map(Number);

/** Whether all devices are up and show the same. */
export const isEqual = ({ locals }: WorldState): boolean => {
  const [first] = locals;
  return locals.every(({ isAtRest, shows }) => isAtRest && shows === first?.shows);
};
