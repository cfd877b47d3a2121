import { compareEvents } from '../event/index.ts';
import type { SmoOsEvent } from './smo-os-event.ts';

/**
 * How far an event sees into an origin, as a seq: what its vector states, and in its own origin at least its
 * own seq. 0, the default, still reaches events of seq 0: every event sees those.
 */
export const seenSeq = (event: SmoOsEvent, origin: string): number =>
  Math.max(event.seen.get(origin) ?? 0, event.origin === origin ? event.seq : 0);

/** Whether `a` has seen `b`, as the 0.1 vectors state it. Not transitive, and two events can see each other. */
export const sees = (a: SmoOsEvent, b: SmoOsEvent): boolean => a !== b && seenSeq(a, b.origin) >= b.seq;

/**
 * Whether `a` comes after `b`: it has seen it and, where both have seen each other (as all events of seq 0
 * do), `a` is the later one in the total order. Never both ways; two events of one origin are never
 * concurrent. Everywhere in this room an event's *past* is what it supersedes.
 */
export const supersedes = (a: SmoOsEvent, b: SmoOsEvent): boolean =>
  sees(a, b) && (!sees(b, a) || compareEvents(a, b) > 0);
