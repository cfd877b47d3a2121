import type { DeviceId } from '../crypto/index.ts';
import { deviceOf, type Origin, type Seq } from '../event/index.ts';
import type { Place } from '../log/index.ts';
import type { ControlEntry } from './control-entry.ts';
import type { Cut } from './control-event.ts';
import { mayWrite, type Role } from './role.ts';
import { byTotalOrder, maximalOf, type Ruling } from './ruling.ts';

/** A device of the space. */
export interface Member {
  readonly device: DeviceId;
  readonly name: string;
  readonly role: Role;
  /** The event that made it a member: the first in total order of those that count. */
  readonly since: Place;
}

/** A device that has been revoked. By several, then the most senior of them is told. */
export interface FormerMember extends Member {
  readonly by: DeviceId;
  readonly reason: string | undefined;
  /** As that revocation states it. What counts follows from all of them: {@link Membership.limit}. */
  readonly cut: Cut;
  readonly revokedAt: Place;
  /** When, by the clock of the device that revoked it; ms since 1970. */
  readonly revokedMs: number;
}

/** How much of a log counts. */
export type LogLimit =
  /** No valid event has added its device: nothing is known of it, and its log waits. */
  | { readonly type: 'unknown' }
  | { readonly type: 'unlimited' }
  /** Events up to this seq count, and those after it are excluded; 0 excludes the whole log. */
  | { readonly type: 'limited'; readonly seq: Seq };

/** The membership that a set of control events makes. Does not change any more. */
export interface Membership {
  /** How many members there are. */
  readonly size: number;
  /** Devices that have been revoked. None of them comes back: no add and no change of role undoes a revocation. */
  readonly former: ReadonlyMap<DeviceId, FormerMember>;
  /** Whether a device is a member: added, and not revoked. Members may connect. */
  has(device: DeviceId): boolean;
  get(device: DeviceId): Member | undefined;
  keys(): Iterable<DeviceId>;
  values(): Iterable<Member>;
  /**
   * Whether records of a log are stored and exchanged: a valid event has added its device, and one has given it
   * a role that writes. Grows only; that something is excluded or its device revoked does not matter here.
   */
  accepts(origin: Origin): boolean;
  /** How much of a log counts. */
  limit(origin: Origin): LogLimit;
  /** Whether an event lies beyond the limit of its log. */
  excludes(place: Place): boolean;
  /** Whether a control event counts; false for every other event. */
  counts(place: Place): boolean;
}

/** What the limits of a device's logs follow from. */
interface Standing {
  readonly added: boolean;
  /** Whether an event that counts ever gave it a role that writes. */
  readonly hasWritten: boolean;
  readonly writes: boolean;
  readonly revocations: readonly ControlEntry[];
  /** Those after which it does not write, though it is a member. */
  readonly demotions: readonly ControlEntry[];
}

const UNKNOWN: LogLimit = { type: 'unknown' };
const UNLIMITED: LogLimit = { type: 'unlimited' };

/** The valid control events, as far as a membership follows from them. */
export interface Ruled {
  readonly ruling: Ruling;
  /** Devices that a valid event has added. */
  readonly known: ReadonlySet<DeviceId>;
  /** Those that a valid event has given a role that writes. */
  readonly writers: ReadonlySet<DeviceId>;
}

/** A membership as it follows from a ruling. */
export class RuledMembership implements Membership {
  readonly #former = new Map<DeviceId, FormerMember>();
  readonly #members = new Map<DeviceId, Member>();
  readonly #writers = new Set<DeviceId>();
  readonly #standings = new Map<DeviceId, Standing>();
  readonly #counted = new Set<string>();

  static of(ruled: Ruled): RuledMembership {
    const membership = new RuledMembership();
    for (const device of ruled.known) membership.#read(device, ruled);
    for (const { event } of ruled.ruling.counted) membership.#counted.add(keyOf(event));
    return membership;
  }

  /** The membership after one more entry, no removal: nothing changes but for the device that it is about (M2). */
  after(entry: ControlEntry, ruled: Ruled): RuledMembership {
    const membership = this.#copy();
    if (ruled.known.has(entry.subject)) membership.#read(entry.subject, ruled);
    if (ruled.ruling.counted.has(entry)) membership.#counted.add(keyOf(entry.event));
    return membership;
  }

  get former(): ReadonlyMap<DeviceId, FormerMember> {
    return this.#former;
  }

  get size(): number {
    return this.#members.size;
  }

  has(device: DeviceId): boolean {
    return this.#members.has(device);
  }

  get(device: DeviceId): Member | undefined {
    return this.#members.get(device);
  }

  keys(): Iterable<DeviceId> {
    return this.#members.keys();
  }

  values(): Iterable<Member> {
    return this.#members.values();
  }

  accepts(origin: Origin): boolean {
    return this.#writers.has(deviceOf(origin));
  }

  limit(origin: Origin): LogLimit {
    const standing = this.#standings.get(deviceOf(origin));
    if (standing === undefined) return UNKNOWN;
    const seq = limitOf(standing, origin);
    return seq === undefined ? UNLIMITED : { type: 'limited', seq };
  }

  excludes({ origin, seq }: Place): boolean {
    const limit = this.limit(origin);
    return limit.type === 'limited' && seq > limit.seq;
  }

  counts(place: Place): boolean {
    return this.#counted.has(keyOf(place));
  }

  #copy(): RuledMembership {
    const copy = new RuledMembership();
    for (const [device, member] of this.#former) copy.#former.set(device, member);
    for (const [device, member] of this.#members) copy.#members.set(device, member);
    for (const device of this.#writers) copy.#writers.add(device);
    for (const [device, standing] of this.#standings) copy.#standings.set(device, standing);
    for (const place of this.#counted) copy.#counted.add(place);
    return copy;
  }

  /** Takes up all that is known of one device. */
  #read(device: DeviceId, { ruling, writers }: Ruled): void {
    if (writers.has(device)) this.#writers.add(device);
    this.#standings.set(device, standingOf(ruling, device));
    const member = memberOf(ruling, device);
    if (member === undefined) return;
    const revocation = ruling.removalsOf(device).find(({ statement }) => statement.type === 'device-revoked');
    if (revocation === undefined) this.#members.set(device, member);
    else this.#former.set(device, formerOf(member, revocation));
  }
}

const memberOf = (ruling: Ruling, device: DeviceId): Member | undefined => {
  const counted = ruling.countedAbout(device);
  const role = ruling.roleOf(device);
  const adds = counted.filter((entry) => entry.isAdd).toSorted(byTotalOrder);
  const since = adds.find(({ statement }) => statement.type === 'space-created') ?? adds[0];
  const last = maximalOf(counted.filter((entry) => entry.name !== undefined))
    .toSorted(byTotalOrder)
    .at(-1);
  if (role === undefined || since === undefined || last?.name === undefined) return undefined;
  return { device, name: last.name, role, since: placeOf(since) };
};

const formerOf = (member: Member, revocation: ControlEntry): FormerMember => {
  const { statement, author, event } = revocation;
  if (statement.type !== 'device-revoked') throw new TypeError('only a revocation makes a former member');
  const { reason, cut } = statement;
  return { ...member, by: author, reason, cut, revokedAt: placeOf(revocation), revokedMs: event.timestamp };
};

const standingOf = (ruling: Ruling, device: DeviceId): Standing => {
  const role = ruling.roleOf(device);
  const removals = ruling.removalsOf(device);
  return {
    added: role !== undefined,
    hasWritten: ruling.countedAbout(device).some((entry) => entry.role !== undefined && mayWrite(entry.role)),
    writes: role !== undefined && mayWrite(role),
    revocations: removals.filter(({ statement }) => statement.type === 'device-revoked'),
    demotions: removals.filter((entry) => entry.role !== undefined && !mayWrite(entry.role)),
  };
};

/** The least seq that anything counted leaves to a log; undefined if all of it counts. */
const limitOf = (standing: Standing, origin: Origin): Seq | undefined => {
  if (!standing.added || !standing.hasWritten) return 0;
  const demoted = standing.demotions.flatMap((removal) => removal.cutOf(origin) ?? []);
  // A log that no demotion knows is silent as long as its device is, and no longer.
  if (demoted.length === 0 && !standing.writes) return 0;
  const revoked = standing.revocations.map((removal) => removal.cutOf(origin) ?? 0);
  const cuts = [...demoted, ...revoked];
  return cuts.length > 0 ? Math.min(...cuts) : undefined;
};

const placeOf = ({ event: { origin, seq } }: ControlEntry): Place => ({ origin, seq });

const keyOf = ({ origin, seq }: Place): string => `${origin} ${seq}`;
