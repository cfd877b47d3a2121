import type { JsonValue } from '../bytes/index.ts';
import { CORE_TYPE, type Origin, type PlacedEvent, type Seq } from '../event/index.ts';
import type { Place } from '../log/index.ts';
import { type ProjectionContext, readRow } from './context.ts';
import { rowKey } from './keys.ts';
import { lastWriteUpTo, nameOf, registerWrites } from './register-chain.ts';
import { type PlacePair, placeOf, type RegisterRow } from './rows.ts';

/** What is needed to look a written value up. */
export type ValueContext = Pick<ProjectionContext, 'get' | 'event' | 'seenSeq'>;

/**
 * Finds the write that a resolution chose: an event in its past that writes the register. The chosen id is an
 * event id or, for events that were imported together with their resolution, a source id; an event id goes
 * before a source id, and of several imports of one source the first by origin and seq stands. Only the
 * resolution's past is looked at: a name that an unseen event has, or the resolution itself, must not change what
 * it chose.
 *
 * @returns undefined when there is none, so that the resolution has no effect
 */
export const chosenWrite = (context: ValueContext, resolution: PlacedEvent): Place | undefined => {
  const { entityId, payload } = resolution;
  const [field, name] = [payload.field as string, payload.chosenEventId as string];
  const register = readRow<RegisterRow>(context, rowKey('register', entityId, field));
  if (register === undefined) return undefined;
  const past = { context, entityId, field, register, seen: seenBy(context, resolution) };
  return headOf(past, name) ?? earlierOf(past, name) ?? importOf(past, name);
};

/**
 * The value that an event wrote to a register of its entity. A resolution wrote what the event that it chose
 * had written, and so on down to a plain write; each step goes back in causality, so the walk ends.
 */
export const registerValue = (context: ValueContext, event: PlacedEvent, field: string): JsonValue => {
  let current = event;
  while (current.type === CORE_TYPE.conflictResolved) {
    const place = chosenWrite(context, current);
    if (place === undefined) throw new Error(`${current.id} writes no register`);
    current = context.event(place);
  }
  return Object.hasOwn(current.payload, field) ? (current.payload[field] ?? null) : null;
};

/** The writes to a register that an event has seen. */
interface SeenWrites {
  readonly context: ValueContext;
  readonly entityId: string;
  readonly field: string;
  readonly register: RegisterRow;
  /** Of each log, the last seq that it has seen; of its own, the one before it. */
  readonly seen: (origin: Origin) => Seq;
}

const seenBy =
  (context: ValueContext, event: PlacedEvent): SeenWrites['seen'] =>
  (origin) =>
    origin === event.origin ? event.seq - 1 : context.seenSeq(event, origin);

/** What is chosen is mostly a candidate when it is chosen, so it is a head. */
const headOf = ({ register, seen }: SeenWrites, name: string): Place | undefined => {
  const head = register.heads.find(({ id }) => id === name);
  return head !== undefined && head.seq <= seen(head.origin) ? placeOf([head.origin, head.seq]) : undefined;
};

/** One of the other writes. This takes as long as the register has been written to. */
const earlierOf = ({ context, register, seen, ...of }: SeenWrites, chosen: string): Place | undefined => {
  for (const { origin, seq, name } of registerWrites(context, of, register)) {
    if (name !== nameOf(chosen) || seq > seen(origin)) continue;
    if (context.event({ origin, seq }).id === chosen) return { origin, seq };
  }
  return undefined;
};

/** The first of the writes that were imported under this name. */
const importOf = (
  { context, entityId, field, register, seen }: SeenWrites,
  name: string,
): Place | undefined => {
  const places = (readRow<readonly PlacePair[]>(context, rowKey('source', name)) ?? []).map(placeOf);
  return places.find(({ origin, seq }) => {
    const end = register.chains[origin];
    if (end === undefined || seq > seen(origin)) return false;
    return lastWriteUpTo(context, { entityId, field, origin }, end, seq) === seq;
  });
};
