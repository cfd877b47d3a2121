import type { JsonObject } from '../../protocol/bytes/index.ts';
import type { PlacedEvent } from '../../protocol/event/index.ts';
import {
  authorOf,
  deviceIn,
  inTotalOrder,
  isAdd,
  isReadable,
  isRevocation,
  LEAST_FIRST,
  nameOf,
  permits,
  placeOf,
  roleIn,
  subjectOf,
  WRITING,
} from './control-statement.ts';
import type { FormerView, MembershipView, MemberView } from './naive-membership.ts';
import type { SeenVectors } from './seen-vectors.ts';
import { SwiftRuling, type ValidEvents } from './swift-ruling.ts';

type Event = PlacedEvent;

/** What {@link foldMembershipNaively} says, for hundreds of control events that are taken one by one, causes first. */
export class SwiftMembership implements ValidEvents {
  readonly genesis: Event;
  readonly vectors: SeenVectors;
  readonly removals: Event[] = [];
  readonly #valid: Event[] = [];
  readonly #about = new Map<string, Event[]>();
  readonly #removals = new Set<Event>();

  /** @param vectors know each event before it is taken */
  constructor(genesis: Event, vectors: SeenVectors) {
    this.genesis = genesis;
    this.vectors = vectors;
    this.#note(genesis);
  }

  /** Takes the next event, whatever it says. */
  take(event: Event): void {
    if (event.id === this.genesis.id || !isReadable(event)) return;
    const isSeen = (other: Event): boolean => this.vectors.sees(event, other);
    const before = new SwiftRuling(this, isSeen);
    if (!mayState(before, event)) return;
    const role = roleIn(event);
    const roleBefore = before.roleOf(subjectOf(event));
    const isDemotion =
      role !== undefined &&
      role !== 'admin' &&
      roleBefore !== undefined &&
      LEAST_FIRST.indexOf(role) <= LEAST_FIRST.indexOf(roleBefore);
    if (isDemotion || isRevocation(event)) {
      this.#removals.add(event);
      this.removals.push(event);
    }
    if (!this.isRemoval(event) || subjectOf(event) === authorOf(event) || this.#leavesRight(event, isSeen)) {
      this.#note(event);
    } else {
      this.#removals.delete(event);
      this.removals.pop();
    }
  }

  about(device: string): readonly Event[] {
    return this.#about.get(device) ?? [];
  }

  isRemoval(event: Event): boolean {
    return this.#removals.has(event);
  }

  /** Whether records of a log are taken in. */
  isAccepted(log: string): boolean {
    const about = this.about(deviceIn(log));
    return about.some(isAdd) && about.some(writes);
  }

  view(logs: readonly string[]): MembershipView {
    const ruling = new SwiftRuling(this, () => true);
    const devices = [...this.#about.keys()].filter((device) => ruling.countedAbout(device).some(isAdd));
    const revocations = [...ruling.removals].filter(isRevocation);
    const revoked = new Map<string, Event>();
    for (const event of revocations) {
      if (!revoked.has(subjectOf(event))) revoked.set(subjectOf(event), event);
    }
    const members = devices.filter((device) => !revoked.has(device));
    const former = devices.flatMap((device) => {
      const first = revoked.get(device);
      return first === undefined ? [] : [[device, formerView(this.#member(device, ruling), first)] as const];
    });
    return {
      members: Object.fromEntries(members.map((device) => [device, this.#member(device, ruling)])),
      former: Object.fromEntries(former),
      logs: Object.fromEntries(
        logs.map((log) => [log, { accepted: this.isAccepted(log), limit: this.#limit(log, ruling) }]),
      ),
      counted: this.#valid
        .filter((event) => ruling.counts(event))
        .map(placeOf)
        .toSorted(),
    };
  }

  /** Whether a removal of another device leaves its author the right to make it. */
  #leavesRight(event: Event, isSeen: (event: Event) => boolean): boolean {
    return mayState(new SwiftRuling(this, (other) => other === event || isSeen(other)), event);
  }

  #note(event: Event): void {
    this.#valid.push(event);
    const about = this.#about.get(subjectOf(event)) ?? [];
    this.#about.set(subjectOf(event), about);
    about.push(event);
  }

  #member(device: string, ruling: SwiftRuling): MemberView {
    const about = ruling.countedAbout(device);
    const names = ruling.last(about.filter((event) => nameOf(event) !== undefined)).toSorted(inTotalOrder);
    const adds = about.filter(isAdd).toSorted(inTotalOrder);
    const since = adds.find((event) => event === this.genesis) ?? adds[0];
    return {
      name: nameOf(names.at(-1)) ?? '',
      role: ruling.roleOf(device) ?? '',
      since: since === undefined ? '' : placeOf(since),
    };
  }

  #limit(log: string, ruling: SwiftRuling): number | string {
    const device = deviceIn(log);
    if (!this.about(device).some(isAdd)) return 'unknown';
    const about = ruling.countedAbout(device);
    if (!about.some(isAdd) || !about.some(writes)) return 0;
    const removals = [...ruling.removals].filter((event) => subjectOf(event) === device);
    const silenced = removals
      .filter((event) => !isRevocation(event) && !writes(event))
      .flatMap((event) => ruling.cutOf(event, log) ?? []);
    if (silenced.length === 0 && !WRITING.includes(ruling.roleOf(device) ?? '')) return 0;
    const revoked = removals.filter(isRevocation).map((event) => ruling.cutOf(event, log) ?? 0);
    const limit = Math.min(Number.POSITIVE_INFINITY, ...silenced, ...revoked);
    return limit === Number.POSITIVE_INFINITY ? 'unlimited' : limit;
  }
}

const writes = (event: Event): boolean => WRITING.includes(roleIn(event) ?? '');

const mayState = (ruling: SwiftRuling, event: Event): boolean =>
  !ruling.isRevoked(authorOf(event)) && permits(ruling.roleOf(authorOf(event)), event);

const formerView = (member: MemberView, revocation: Event): MemberView & FormerView => {
  const { reason, cut } = revocation.payload as { readonly reason?: string; readonly cut: JsonObject };
  return { ...member, by: authorOf(revocation), reason, cut, revokedAt: placeOf(revocation) };
};
