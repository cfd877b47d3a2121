import type { JsonObject } from '../../protocol/bytes/index.ts';
import { deviceIdFromPublicKey } from '../../protocol/crypto/index.ts';
import {
  CORE_TYPE,
  type EventBody,
  type EventDraft,
  encodeRecord,
  eventIdFromLeaf,
  leafHash,
  makeOrigin,
  type Origin,
  type PlacedEvent,
  type Seq,
} from '../../protocol/event/index.ts';
import { placeRecord } from '../../protocol/log/index.ts';
import { portableCrypto } from '../../protocol/portable-crypto/index.ts';

/** Short names of logs in tests and vectors; their origins sort as the names do, but for E and F. */
export type LogName = 'A' | 'B' | 'C' | 'D' | 'E' | 'F' | 'G';

/** The logs of histories that are about state; those about membership have more. */
export const LOG_NAMES: readonly LogName[] = ['A', 'B', 'C', 'D', 'E'];

const origin = (keyByte: number, incarnation: string): Origin =>
  makeOrigin(deviceIdFromPublicKey(new Uint8Array(32).fill(keyByte)), incarnation);

/** Origins of the named logs. E is a second log of A's device, so it sorts between A and B; and F one of B's. */
export const ORIGINS: Readonly<Record<LogName, Origin>> = {
  A: origin(1, 'aaaaaaaa'),
  B: origin(2, 'aaaaaaaa'),
  C: origin(3, 'aaaaaaaa'),
  D: origin(4, 'aaaaaaaa'),
  E: origin(1, 'bbbbbbbb'),
  F: origin(2, 'bbbbbbbb'),
  G: origin(5, 'aaaaaaaa'),
};

/** What a test states of an event: its log by name, and only what matters to the test. */
export interface AuthoredEvent extends Partial<EventDraft> {
  readonly log: LogName;
  /** Default: later than every event of this history that has none stated. */
  readonly timestamp?: number;
  /** The stated deltas, by name of the log. */
  readonly seen?: Partial<Readonly<Record<LogName, Seq>>>;
}

/** Options of the short forms below. */
export type Stated = Pick<AuthoredEvent, 'timestamp' | 'seen' | 'entityId' | 'source'>;

/**
 * Authors events into named logs, each as a real record with its real id, read back as if received. The
 * author states exactly what the test says: nothing keeps a history honest here.
 */
export class AuthoredHistory {
  readonly events: PlacedEvent[] = [];

  append({ log, timestamp, seen, ...draft }: AuthoredEvent): PlacedEvent {
    const body: EventBody = {
      type: CORE_TYPE.stateUpdated,
      entityId: 'entity',
      payload: {},
      ...draft,
      timestamp: timestamp ?? this.events.length + 1,
      ...(seen && Object.keys(seen).length > 0 && { seen: byOrigin(seen) }),
    };
    const place = { origin: ORIGINS[log], seq: this.length(log) + 1 };
    const record = encodeRecord(body);
    const id = eventIdFromLeaf(leafHash(portableCrypto, place.origin, place.seq, record));
    const placed = placeRecord(place.origin, place.seq, id, record);
    if (!placed.ok) throw new TypeError(placed.fault.message);
    this.events.push(placed.value);
    return placed.value;
  }

  /** How many events a log has. */
  length(log: LogName): Seq {
    return this.events.filter((event) => event.origin === ORIGINS[log]).length;
  }

  /** Writes fields. */
  update(log: LogName, payload: JsonObject, stated: Stated = {}): PlacedEvent {
    return this.append({ log, payload, ...stated });
  }

  /** Resolves a conflict on a field by choosing what an event wrote. */
  resolve(log: LogName, field: string, chosen: { readonly id: string }, stated: Stated = {}): PlacedEvent {
    const payload = { field, chosenEventId: chosen.id };
    return this.append({ log, type: CORE_TYPE.conflictResolved, payload, ...stated });
  }
}

const byOrigin = (seen: NonNullable<AuthoredEvent['seen']>): Record<Origin, Seq> =>
  Object.fromEntries(Object.entries(seen).map(([log, seq]) => [ORIGINS[log as LogName], seq]));
