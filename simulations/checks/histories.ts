import { equalBytes } from '../../protocol/bytes/index.ts';
import type { Crypto } from '../../protocol/crypto/index.ts';
import {
  CONTROL_NAMESPACE,
  type EventId,
  eventIdFromLeaf,
  leafHash,
  type Origin,
  type PlacedEvent,
  type Seq,
} from '../../protocol/event/index.ts';
import { placeRecord } from '../../protocol/log/index.ts';
import { addTo, type Lanes, noLanes } from './lanes.ts';

/** A record in its log, after just those that came before it; or the beginning of the log, with seq 0. */
export interface Authored {
  /** Its own among all of a run. */
  readonly number: number;
  readonly log: AuthoredLog;
  readonly seq: Seq;
  readonly record: Uint8Array;
  readonly before: Authored | undefined;
  /** What was written after it: more than one record if the log has several histories. */
  readonly after: Authored[];
  /** Stands for the control events up to here. */
  readonly control: Lanes;
  /** Whether another device than its author has taken it in. */
  isShared: boolean;
  /** Whether it is an event: what is forged need not be one. */
  isReadable: boolean;
  id: EventId | undefined;
  event: PlacedEvent | undefined;
}

export interface AuthoredLog {
  readonly number: number;
  readonly origin: Origin;
  readonly start: Authored;
  /**
   * Whether its length alone may not tell what is in it: its device has been set back, or has signed on purpose what
   * it must not.
   */
  isDoubtful: boolean;
}

const NO_BYTES = new Uint8Array();

/** Everything that was ever written in a run, to the byte. What many devices hold is kept once. */
export class Histories {
  readonly #crypto: Crypto;
  readonly #logs = new Map<string, AuthoredLog>();
  #count = 0;
  /** Changes whenever a log has become doubtful. */
  doubts = 0;

  constructor(crypto: Crypto) {
    this.#crypto = crypto;
  }

  log(origin: Origin): AuthoredLog {
    const known = this.#logs.get(origin);
    if (known !== undefined) return known;
    const log: { -readonly [Key in keyof AuthoredLog]?: AuthoredLog[Key] } = {
      number: this.#logs.size,
      origin,
      isDoubtful: false,
    };
    log.start = this.#node(log as AuthoredLog, undefined, NO_BYTES);
    this.#logs.set(origin, log as AuthoredLog);
    return log as AuthoredLog;
  }

  logs(): Iterable<AuthoredLog> {
    return this.#logs.values();
  }

  doubt(log: AuthoredLog): void {
    if (log.isDoubtful) return;
    log.isDoubtful = true;
    this.doubts += 1;
  }

  /** The record with these bytes after another one; undefined if nobody has written it there. */
  next(before: Authored, record: Uint8Array): Authored | undefined {
    return before.after.find((node) => equalBytes(node.record, record));
  }

  /** The event of an id after a record. */
  nextOf(before: Authored, id: EventId): Authored | undefined {
    return before.after.find((node) => this.idOf(node) === id);
  }

  /** Writes a record down after another one. */
  write(before: Authored, record: Uint8Array): Authored {
    const known = this.next(before, record);
    if (known !== undefined) return known;
    const node = this.#node(before.log, before, record);
    before.after.push(node);
    if (before.after.length > 1) this.doubt(before.log);
    return node;
  }

  idOf(node: Authored): EventId {
    node.id ??= eventIdFromLeaf(leafHash(this.#crypto, node.log.origin, node.seq, node.record));
    return node.id;
  }

  eventOf(node: Authored): PlacedEvent {
    if (node.event === undefined) {
      const event = placeRecord(node.log.origin, node.seq, this.idOf(node), node.record);
      if (!event.ok) throw new TypeError(`${placeName(node)}: ${event.fault.message}`);
      node.event = event.value;
    }
    return node.event;
  }

  #node(log: AuthoredLog, before: Authored | undefined, record: Uint8Array): Authored {
    this.#count += 1;
    const control = { ...(before?.control ?? noLanes()) };
    if (Buffer.from(record.buffer, record.byteOffset, record.byteLength).includes(`${CONTROL_NAMESPACE}/`)) {
      addTo(control, this.#count, 1);
    }
    return {
      number: this.#count,
      log,
      seq: before === undefined ? 0 : before.seq + 1,
      record,
      before,
      after: [],
      control,
      isShared: false,
      isReadable: true,
      id: undefined,
      event: undefined,
    };
  }
}

/** The record of an earlier seq in the same history. */
export const backTo = (node: Authored, seq: Seq): Authored => {
  let at = node;
  while (at.seq > seq && at.before !== undefined) at = at.before;
  return at;
};

/** The last record that two histories of a log have in common. */
export const commonOf = (one: Authored, other: Authored): Authored => {
  let [a, b] = [backTo(one, other.seq), backTo(other, one.seq)];
  while (a !== b && a.before !== undefined && b.before !== undefined) [a, b] = [a.before, b.before];
  return a;
};

/** A place as messages name it. */
export const placeName = ({ log, seq }: Pick<Authored, 'log' | 'seq'>): string => `${log.origin} ${seq}`;
