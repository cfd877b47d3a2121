import type { DeviceId } from '../crypto/index.ts';
import type { Origin, PlacedEvent } from '../event/index.ts';
import type { Place } from '../log/index.ts';
import { ControlEntry, ControlPast, type SeenSeq, subjectOf } from './control-entry.ts';
import { type ControlStatement, readControl } from './control-event.ts';
import { type Membership, type Ruled, RuledMembership } from './membership.ts';
import { mayWrite } from './role.ts';
import { Ruling } from './ruling.ts';

/**
 * The membership of a space, event by event. Whether a control event is valid follows from what it has seen and
 * never changes, so each is judged once; what counts among the valid ones follows from their set alone
 * (docs/protocol/membership.md).
 */
export class MembershipFold {
  readonly #seenSeq: SeenSeq;
  /** The valid ones, in the order in which they were taken. */
  readonly #entries: ControlEntry[] = [];
  /** The newest valid one of each log. */
  readonly #newest = new Map<Origin, ControlEntry>();
  readonly #taken = new Set<string>();
  /** Devices that a valid event has added, and those that one has given a role that writes. */
  readonly #known = new Set<DeviceId>();
  readonly #writers = new Set<DeviceId>();
  #ruling: Ruling;
  #membership: RuledMembership | undefined;

  /** @param genesis the verified first event of the space */
  constructor(genesis: PlacedEvent, seenSeq: SeenSeq) {
    this.#seenSeq = seenSeq;
    const founding = readControl(genesis);
    if (!founding.ok || founding.value.type !== 'space-created') {
      throw new TypeError(`${genesis.type} founds no space`);
    }
    this.#taken.add(keyOf(genesis));
    const past = new ControlPast(genesis, 0, seenSeq);
    const entry = this.#entry(genesis, founding.value, past, undefined);
    this.#ruling = new Ruling([entry]);
    this.#note(entry);
  }

  /**
   * Takes one control event. Those of one log come in seq order, and all that one has seen come before it; one
   * that has been taken already is passed over.
   */
  take(event: PlacedEvent): void {
    if (this.#taken.has(keyOf(event))) return;
    this.#taken.add(keyOf(event));
    const statement = readControl(event);
    if (!statement.ok || statement.value.type === 'space-created') return;
    const past = new ControlPast(event, this.#entries.length, this.#seenSeq);
    const hasSeenAll = [...this.#newest.values()].every((newest) => past.sees(newest));
    const seen = hasSeenAll ? this.#entries : this.#entries.filter((entry) => past.sees(entry));
    const before = hasSeenAll ? this.#ruling : new Ruling(seen);
    const entry = this.#entry(event, statement.value, past, before);
    if (!isValid(entry, seen, before)) return;
    this.#note(entry);
    if (entry.isRemoval) {
      this.#ruling = new Ruling(this.#entries);
      this.#membership = undefined;
    } else {
      this.#ruling.add(entry);
      this.#membership = this.#membership?.after(entry, this.#ruled);
    }
  }

  /** The membership that the events taken so far make. */
  get membership(): Membership {
    this.#membership ??= RuledMembership.of(this.#ruled);
    return this.#membership;
  }

  get #ruled(): Ruled {
    return { ruling: this.#ruling, known: this.#known, writers: this.#writers };
  }

  #entry(
    event: PlacedEvent,
    statement: ControlStatement,
    past: ControlPast,
    before: Ruling | undefined,
  ): ControlEntry {
    const roleBefore = before?.roleOf(subjectOf(event, statement));
    return new ControlEntry({
      event,
      statement,
      past,
      roleBefore,
      index: this.#entries.length,
      seenSeq: this.#seenSeq,
    });
  }

  #note(entry: ControlEntry): void {
    this.#entries.push(entry);
    this.#newest.set(entry.event.origin, entry);
    if (entry.isAdd) this.#known.add(entry.subject);
    if (entry.role !== undefined && mayWrite(entry.role)) this.#writers.add(entry.subject);
  }
}

/** The membership that control events make, given in an order that respects causality. */
export const foldMembership = (
  genesis: PlacedEvent,
  control: readonly PlacedEvent[],
  seenSeq: SeenSeq,
): Membership => {
  const fold = new MembershipFold(genesis, seenSeq);
  for (const event of control) fold.take(event);
  return fold.membership;
};

/**
 * Whether the author was a member that may state it, by all that it had seen; and, unless it is about its own
 * author, whether it leaves the author that right. Otherwise a cut could take away what the event itself rests on.
 */
const isValid = (entry: ControlEntry, seen: readonly ControlEntry[], before: Ruling): boolean => {
  if (!mayState(before, entry)) return false;
  if (!entry.isRemoval || entry.subject === entry.author) return true;
  return mayState(new Ruling([...seen, entry]), entry);
};

const mayState = (ruling: Ruling, entry: ControlEntry): boolean => {
  const role = ruling.roleOf(entry.author);
  return role !== undefined && !ruling.isRevoked(entry.author) && entry.isPermitted(role);
};

const keyOf = ({ origin, seq }: Place): string => `${origin} ${seq}`;
