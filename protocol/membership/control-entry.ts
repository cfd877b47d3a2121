import type { DeviceId } from '../crypto/index.ts';
import { deviceOf, type Origin, type PlacedEvent, type Seq } from '../event/index.ts';
import type { Place } from '../log/index.ts';
import type { ControlStatement } from './control-event.ts';
import { lesserRole, mayAdminister, mayWrite, type Role } from './role.ts';

/** Question to the causal index: the highest seq of a log that the event at a place sees, itself included. */
export type SeenSeq = (place: Place, origin: Origin) => Seq;

/** What a control event has seen of the valid ones before it. */
export class ControlPast {
  readonly #event: Place;
  readonly #before: number;
  readonly #seenSeq: SeenSeq;

  /** @param before how many valid ones there are before it, by their index */
  constructor(event: Place, before: number, seenSeq: SeenSeq) {
    this.#event = event;
    this.#before = before;
    this.#seenSeq = seenSeq;
  }

  sees({ index, event: { origin, seq } }: ControlEntry): boolean {
    return index < this.#before && this.#seenSeq(this.#event, origin) >= seq;
  }
}

/** A control event that can be read, and what follows from its past. */
export class ControlEntry {
  readonly event: PlacedEvent;
  readonly statement: ControlStatement;
  readonly author: DeviceId;
  /** The device that it is about. */
  readonly subject: DeviceId;
  /** Its number among the valid ones, in an order that respects causality. */
  readonly index: number;
  /** Whether it takes something away from its device: membership, or a role. */
  readonly isRemoval: boolean;
  readonly #past: ControlPast;
  readonly #seenSeq: SeenSeq;

  /** @param roleBefore the role of its device by all that it has seen; undefined if never added */
  constructor(input: {
    readonly event: PlacedEvent;
    readonly statement: ControlStatement;
    readonly index: number;
    readonly past: ControlPast;
    readonly roleBefore: Role | undefined;
    readonly seenSeq: SeenSeq;
  }) {
    const { event, statement, roleBefore } = input;
    this.event = event;
    this.statement = statement;
    this.author = deviceOf(event.origin);
    this.subject = subjectOf(event, statement);
    this.index = input.index;
    this.#past = input.past;
    this.#seenSeq = input.seenSeq;
    this.isRemoval =
      statement.type === 'device-revoked' || (this.role !== undefined && isDemotion(this.role, roleBefore));
  }

  /** Whether it has seen another entry; it has not seen itself. */
  sees(other: ControlEntry): boolean {
    return this.#past.sees(other);
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

  /** Whether a device of a role may state this. */
  isPermitted(role: Role): boolean {
    return mayAdminister(role) || (this.#renamesItself && mayWrite(role));
  }

  /**
   * For a removal: up to where a log of its device still counts, which is what its cut states, or what it has seen
   * of the log. Undefined for a log that it does not know.
   */
  cutOf(origin: Origin): Seq | undefined {
    const stated = 'cut' in this.statement ? this.statement.cut[origin] : undefined;
    return stated ?? (this.#seenSeq(this.event, origin) || undefined);
  }

  /** Whether this removal, if it counts, takes the effect from another entry that its device has written. */
  cuts(entry: ControlEntry): boolean {
    if (entry.author !== this.subject) return false;
    const { origin, seq } = entry.event;
    if (this.statement.type === 'device-revoked') return seq > (this.cutOf(origin) ?? 0);
    const isConcurrent = seq > this.#seenSeq(this.event, origin) && !entry.sees(this);
    if (this.role !== undefined && mayWrite(this.role)) return isConcurrent && !entry.#renamesItself;
    const limit = this.cutOf(origin);
    return limit === undefined ? isConcurrent : seq > limit;
  }

  get #renamesItself(): boolean {
    return this.statement.type === 'device-renamed' && this.subject === this.author;
  }
}

/** The device that a control event is about. */
export const subjectOf = (event: PlacedEvent, statement: ControlStatement): DeviceId =>
  statement.type === 'space-created' ? deviceOf(event.origin) : statement.device;

/** Whether a device that has a role is to have no more than that; the highest role takes nothing from anyone. */
const isDemotion = (role: Role, before: Role | undefined): boolean =>
  before !== undefined && !mayAdminister(role) && lesserRole(role, before) === role;
