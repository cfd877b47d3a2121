import type { DrawStream } from '../draws/index.ts';
import type { Fault, Operation, PlannedLink } from '../plan/index.ts';
import { drawSome } from './chance.ts';
import type { Devices, Pick } from './parts.ts';
import type { Roster } from './roster.ts';
import type { Frozen } from './scenario-schema.ts';
import type { Span, Spans } from './spans.ts';

/** What the expansion of one occurrence of a fault looks at, and where it puts down what it has decided. */
export interface Scene {
  readonly roster: Roster;
  readonly links: readonly PlannedLink[];
  /** Devices that may be broken for good. */
  readonly outside: ReadonlySet<number>;
  readonly chaos: Span;
  readonly spans: Spans;
  readonly faults: Fault[];
  readonly operations: Operation[];
}

/** The draws of one occurrence, and those of some part of it by name. */
export interface Chance {
  readonly stream: DrawStream;
  partOf(name: string): DrawStream;
}

/** What says of a fault whom it befalls. */
interface OfDevices {
  readonly devices: Frozen<Devices>;
  readonly pick: Pick;
  readonly permanent?: boolean;
}

/** The devices that something befalls; if for good, only such as may be. */
export const pickedDevices = (
  { devices, pick, permanent = false }: OfDevices,
  stream: DrawStream,
  { roster, outside }: Scene,
): readonly number[] => {
  const candidates = roster.select(devices);
  const fit = permanent ? candidates.filter((device) => outside.has(device)) : candidates;
  return drawSome(stream, fit, pick);
};
