import type { DeviceId } from '../crypto/index.ts';
import { deviceOf, type Origin, type Seq } from '../event/index.ts';
import type { Place } from '../log/index.ts';
import type { ControlEntry } from './control-entry.ts';
import type { Cut } from './control-event.ts';
import { mayWrite, type Role } from './role.ts';
import { byTotalOrder, maximalOf, type Ruling } from './ruling.ts';
import { VersionedMap } from './versioned-map.ts';

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
  /** The same as another object; costs next to nothing. */
  copy(): Membership;
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

/** All that a membership has of one device. */
interface DeviceState {
  readonly member: Member | undefined;
  readonly former: FormerMember | undefined;
  readonly standing: Standing;
  /** Whether a valid event has given it a role that writes. */
  readonly isAccepted: boolean;
}

/** What memberships have in common of which each is the one before it and one entry more. */
interface Versions {
  readonly devices: VersionedMap<DeviceId, DeviceState>;
  /** Places of the control events that count. */
  readonly counted: VersionedMap<string, true>;
}

/** A membership as it follows from a ruling. */
export class RuledMembership implements Membership {
  readonly size: number;
  readonly former: ReadonlyMap<DeviceId, FormerMember>;
  readonly #versions: Versions;
  readonly #version: number;

  private constructor(versions: Versions, version: number, of: Pick<Membership, 'size' | 'former'>) {
    this.#versions = versions;
    this.#version = version;
    this.size = of.size;
    this.former = of.former;
  }

  static of({ ruling, known, writers }: Ruled): RuledMembership {
    const versions: Versions = { devices: new VersionedMap(), counted: new VersionedMap() };
    const former = new Map<DeviceId, FormerMember>();
    let size = 0;
    for (const device of known) {
      const state = stateOf(device, ruling, writers);
      versions.devices.set(0, device, state);
      if (state.former !== undefined) former.set(device, state.former);
      if (state.member !== undefined) size += 1;
    }
    for (const { event } of ruling.counted) versions.counted.set(0, keyOf(event), true);
    return new RuledMembership(versions, 0, { size, former });
  }

  /**
   * The membership after one more entry, no removal: nothing changes but for the device that it is about (M2). To be
   * called once, as it continues what this one has in common with the next.
   */
  after(entry: ControlEntry, { ruling, known, writers }: Ruled): RuledMembership {
    const { devices, counted } = this.#versions;
    const { subject, event } = entry;
    const version = this.#version + 1;
    if (ruling.counted.has(entry)) counted.set(version, keyOf(event), true);
    if (!known.has(subject)) return new RuledMembership(this.#versions, version, this);
    const state = stateOf(subject, ruling, writers);
    devices.set(version, subject, state);
    const size = this.size + Number(state.member !== undefined) - Number(this.has(subject));
    const former = state.former === undefined ? this.former : new Map(this.former).set(subject, state.former);
    return new RuledMembership(this.#versions, version, { size, former });
  }

  has(device: DeviceId): boolean {
    return this.get(device) !== undefined;
  }

  get(device: DeviceId): Member | undefined {
    return this.#stateOf(device)?.member;
  }

  *keys(): Iterable<DeviceId> {
    for (const { device } of this.values()) yield device;
  }

  *values(): Iterable<Member> {
    for (const { member } of this.#versions.devices.values(this.#version))
      if (member !== undefined) yield member;
  }

  accepts(origin: Origin): boolean {
    return this.#stateOf(deviceOf(origin))?.isAccepted === true;
  }

  limit(origin: Origin): LogLimit {
    const standing = this.#stateOf(deviceOf(origin))?.standing;
    if (standing === undefined) return UNKNOWN;
    const seq = limitOf(standing, origin);
    return seq === undefined ? UNLIMITED : { type: 'limited', seq };
  }

  excludes({ origin, seq }: Place): boolean {
    const limit = this.limit(origin);
    return limit.type === 'limited' && seq > limit.seq;
  }

  counts(place: Place): boolean {
    return this.#versions.counted.get(this.#version, keyOf(place)) === true;
  }

  copy(): RuledMembership {
    return new RuledMembership(this.#versions, this.#version, this);
  }

  #stateOf(device: DeviceId): DeviceState | undefined {
    return this.#versions.devices.get(this.#version, device);
  }
}

const stateOf = (device: DeviceId, ruling: Ruling, writers: ReadonlySet<DeviceId>): DeviceState => {
  const standing = standingOf(ruling, device);
  const isAccepted = writers.has(device);
  const member = memberOf(ruling, device);
  const revocation = ruling.removalsOf(device).find(({ statement }) => statement.type === 'device-revoked');
  if (member === undefined || revocation === undefined)
    return { member, former: undefined, standing, isAccepted };
  return { member: undefined, former: formerOf(member, revocation), standing, isAccepted };
};

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
