import type { DeviceId } from '../crypto/index.ts';
import { deviceOf, type Origin, type PlacedEvent, type Seq } from '../event/index.ts';
import type { Place } from '../log/index.ts';
import type { ControlStatement } from './control-event.ts';
import { mayAdminister, mayWrite, type Role } from './role.ts';

/** Question to the causal index: the highest seq of a log that the event at a place sees, itself included. */
export type SeenSeq = (place: Place, origin: Origin) => Seq;

/** A control event that can be read, with what it has seen of the ones before it. */
export class ControlEntry {
  readonly event: PlacedEvent;
  readonly statement: ControlStatement;
  readonly author: DeviceId;
  /** The device that it is about. */
  readonly subject: DeviceId;
  /** Its number among the valid ones, in an order that respects causality. */
  readonly index: number;
  readonly #seenSeq: SeenSeq;
  /** For each valid entry before it, by index, whether it has seen that one. */
  readonly #past: Uint8Array;

  constructor(
    event: PlacedEvent,
    statement: ControlStatement,
    before: readonly ControlEntry[],
    seenSeq: SeenSeq,
  ) {
    this.event = event;
    this.statement = statement;
    this.author = deviceOf(event.origin);
    this.subject = statement.type === 'space-created' ? this.author : statement.device;
    this.index = before.length;
    this.#seenSeq = seenSeq;
    this.#past = Uint8Array.from(before, ({ event: other }) =>
      seenSeq(event, other.origin) >= other.seq ? 1 : 0,
    );
  }

  /** Whether it has seen another entry; it has not seen itself. */
  sees(other: ControlEntry): boolean {
    return this.#past[other.index] === 1;
  }

  /** The role that it gives its device, if it states one. */
  get role(): Role | undefined {
    if (this.statement.type === 'space-created') return 'admin';
    return 'role' in this.statement ? this.statement.role : undefined;
  }

  /** The name that it gives its device, if it states one. */
  get name(): string | undefined {
    if (this.statement.type === 'space-created') return this.statement.deviceName;
    return 'name' in this.statement ? this.statement.name : undefined;
  }

  /** Whether it makes its device a member. */
  get isAdd(): boolean {
    return this.statement.type === 'space-created' || this.statement.type === 'device-added';
  }

  /** Whether it takes something away: membership, or a role that it lowers. */
  get isRemoval(): boolean {
    const { statement } = this;
    return (
      statement.type === 'device-revoked' ||
      (statement.type === 'role-changed' && !mayAdminister(statement.role))
    );
  }

  /** Whether a device of a role may state this. */
  isPermitted(role: Role): boolean {
    return mayAdminister(role) || (this.#renamesItself && mayWrite(role));
  }

  /**
   * Up to where a log of its device still counts, if it is a removal that says so: what the cut states, or what
   * it has seen of the log. Undefined for a log that it does not know.
   */
  cutOf(origin: Origin): Seq | undefined {
    const { statement } = this;
    if (!('cut' in statement)) return undefined;
    return statement.cut[origin] ?? (this.#seenSeq(this.event, origin) || undefined);
  }

  /** Whether this removal, if it counts, takes the effect from an entry that its device has written. */
  cuts(entry: ControlEntry): boolean {
    const { statement } = this;
    if (entry.author !== this.subject || entry === this || entry.statement.type === 'space-created')
      return false;
    const { origin, seq } = entry.event;
    if (statement.type === 'device-revoked') return seq > (this.cutOf(origin) ?? 0);
    if (statement.type !== 'role-changed') return false;
    const isConcurrent = seq > this.#seenSeq(this.event, origin) && !entry.sees(this);
    if (mayWrite(statement.role)) return isConcurrent && !entry.#renamesItself;
    const limit = this.cutOf(origin);
    return limit === undefined ? isConcurrent : seq > limit;
  }

  get #renamesItself(): boolean {
    return this.statement.type === 'device-renamed' && this.subject === this.author;
  }
}
