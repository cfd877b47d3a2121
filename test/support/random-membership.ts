import fc from 'fast-check';
import type { JsonObject } from '../../protocol/bytes/index.ts';
import type { DeviceId } from '../../protocol/crypto/index.ts';
import {
  CORE_TYPE,
  deviceOf,
  type EventDraft,
  type PlacedEvent,
  type Seq,
} from '../../protocol/event/index.ts';
import { CONTROL_TYPE, type Role, spaceCreated } from '../../protocol/membership/index.ts';
import { AuthoredHistory, type LogName, ORIGINS } from './authored-history.ts';

/** Logs of five devices: A and E are the founder's, B and F those of the first that it adds. */
export const MEMBERSHIP_LOGS: readonly LogName[] = ['A', 'B', 'C', 'D', 'E', 'F', 'G'];

/** The first log of each device stands for it. */
const DEVICES: readonly LogName[] = ['A', 'B', 'C', 'D', 'G'];

export const deviceOfLog = (log: LogName): DeviceId => deviceOf(ORIGINS[log]);

/** What one log says next, and of which logs it first takes over everything. */
export interface MembershipStep {
  readonly log: LogName;
  readonly pulls: readonly LogName[] | 'all';
  readonly timestamp: number;
  readonly says: EventDraft;
}

type Says = fc.Arbitrary<EventDraft>;
type Names = fc.Arbitrary<LogName>;

const anyLog: Names = fc.constantFrom(...MEMBERSHIP_LOGS);
const anyDevice: Names = fc.constantFrom(...DEVICES);

/** The most privileged first, so that a history shrinks to one where everybody may act. */
const role = fc.constantFrom<Role>('admin', 'writer', 'reader', 'replica');

const control = (type: string, payload: JsonObject): EventDraft => ({ type, entityId: 'space', payload });

const adds = (roles: fc.Arbitrary<Role>, device = anyDevice): Says =>
  fc
    .tuple(device, roles)
    .map(([name, as]) => control(CONTROL_TYPE.deviceAdded, { device: deviceOfLog(name), name, role: as }));

const renames: Says = fc
  .tuple(anyDevice, fc.constantFrom('x', 'y'))
  .map(([of, name]) => control(CONTROL_TYPE.deviceRenamed, { device: deviceOfLog(of), name }));

const writes: Says = fc.constant({ type: CORE_TYPE.stateUpdated, entityId: 'note', payload: {} });

const stated = fc.dictionary(fc.constantFrom(...MEMBERSHIP_LOGS), fc.constantFrom(0, 1, 2, 3, 100), {
  maxKeys: 3,
});

/** Cuts name logs of the device alone, but for a strange one now and then, which makes the event unreadable. */
const cutOf = (of: LogName, seqs: Readonly<Partial<Record<LogName, Seq>>>, strange: boolean): JsonObject =>
  Object.fromEntries(
    Object.entries(seqs)
      .filter(([name]) => strange || deviceOfLog(name as LogName) === deviceOfLog(of))
      .map(([name, seq]) => [ORIGINS[name as LogName], seq]),
  );

const cutting = (device: Names, make: (of: LogName, cut: JsonObject) => EventDraft): Says =>
  fc.tuple(device, stated, fc.nat(29)).map(([of, seqs, strange]) => make(of, cutOf(of, seqs, strange === 1)));

const revokes = (device = anyDevice): Says =>
  cutting(device, (of, cut) =>
    control(CONTROL_TYPE.deviceRevoked, { device: deviceOfLog(of), cut, reason: 'lost' }),
  );

const changes = (roles: fc.Arbitrary<Role>, device = anyDevice): Says =>
  roles.chain((to) =>
    cutting(device, (of, cut) =>
      control(CONTROL_TYPE.roleChanged, { device: deviceOfLog(of), role: to, cut }),
    ),
  );

/** Who takes over how much: all there is, what some logs hold, or nothing new. */
const pulls = (all: number, some: number, none: number): fc.Arbitrary<MembershipStep['pulls']> =>
  fc.oneof(
    { weight: all, arbitrary: fc.constant<'all'>('all') },
    { weight: some, arbitrary: fc.subarray([...MEMBERSHIP_LOGS]) },
    { weight: none, arbitrary: fc.constant<readonly LogName[]>([]) },
  );

const stepOf = (says: Says, log = anyLog, taken = pulls(1, 1, 1)): fc.Arbitrary<MembershipStep> =>
  fc.record({ log, pulls: taken, timestamp: fc.nat(9), says });

/** Steps of every kind. */
export const anyStep: fc.Arbitrary<MembershipStep> = stepOf(
  fc.oneof(
    { weight: 3, arbitrary: adds(role) },
    { weight: 4, arbitrary: revokes() },
    { weight: 3, arbitrary: changes(role) },
    { weight: 1, arbitrary: renames },
    { weight: 1, arbitrary: writes },
  ),
);

/** Steps that take nothing from anybody. */
export const givingStep: fc.Arbitrary<MembershipStep> = stepOf(
  fc.oneof(adds(fc.constant('admin')), changes(fc.constant('admin')), renames, writes),
);

/** Three admins in a circle of quarrels, either way round: who takes something, and from whom. */
const rivals = fc.constantFrom<readonly [LogName, LogName]>(
  ['B', 'C'],
  ['C', 'D'],
  ['D', 'B'],
  ['C', 'B'],
  ['D', 'C'],
  ['B', 'D'],
  ['F', 'C'],
);

/** Steps of admins that take things from each other, mostly without knowing of each other's. */
const quarrelStep: fc.Arbitrary<MembershipStep> = rivals.chain(([by, of]) =>
  stepOf(
    fc.oneof(
      { weight: 6, arbitrary: revokes(fc.constant(of)) },
      { weight: 2, arbitrary: changes(role, fc.constant(of)) },
      { weight: 2, arbitrary: adds(role, fc.constantFrom('C', 'D', 'G')) },
    ),
    fc.constant(by),
    pulls(1, 2, 9),
  ),
);

/** The founder revokes another device. */
export const foundersRevocation: fc.Arbitrary<MembershipStep> = stepOf(
  revokes(fc.constantFrom('B', 'C', 'D', 'G')),
  fc.constant('A'),
);

/** A history of a space that A founds: who is added first, and what is said then. */
export interface MembershipPlan {
  readonly opening: readonly MembershipStep[];
  readonly steps: readonly MembershipStep[];
}

/** What the founder and B say first: B is an admin, and others are something. */
const opening: fc.Arbitrary<MembershipPlan['opening']> = fc
  .array(fc.tuple(fc.constantFrom<LogName>('C', 'D', 'G'), role, fc.boolean()), { maxLength: 3 })
  .map((more) => [adding('A', 'B', 'admin'), ...more.map(([of, as, first]) => adding(byOne(first), of, as))]);

/** Likewise, C and D being admins. */
const quarrelOpening: fc.Arbitrary<MembershipPlan['opening']> = fc
  .tuple(fc.boolean(), fc.boolean())
  .map(([c, d]) => [
    adding('A', 'B', 'admin'),
    adding(byOne(c), 'C', 'admin'),
    adding(byOne(d), 'D', 'admin'),
  ]);

const byOne = (founder: boolean): LogName => (founder ? 'A' : 'B');

const adding = (by: LogName, of: LogName, as: Role): MembershipStep => ({
  log: by,
  pulls: 'all',
  timestamp: 0,
  says: control(CONTROL_TYPE.deviceAdded, { device: deviceOfLog(of), name: of, role: as }),
});

const planOf = (
  opening: fc.Arbitrary<MembershipPlan['opening']>,
  step: fc.Arbitrary<MembershipStep>,
  maxLength: number,
): fc.Arbitrary<MembershipPlan> => fc.record({ opening, steps: fc.array(step, { maxLength, size: 'max' }) });

/** Plans of up to so many steps after the opening, half of them quarrels between admins. */
export const membershipPlan = (stepsMax: number): fc.Arbitrary<MembershipPlan> =>
  fc.oneof(planOf(opening, anyStep, stepsMax), planOf(quarrelOpening, quarrelStep, stepsMax));

/** Carries out steps. What a log has taken over is always closed; each states all that it holds. */
export class MembershipHistory {
  readonly #history = new AuthoredHistory();
  readonly #held = new Map<LogName, Map<LogName, Seq>>();

  constructor(plan: MembershipPlan) {
    const genesis = spaceCreated({ name: 'home', deviceName: 'a', nonce: 'n' });
    this.#history.append({ log: 'A', ...genesis, timestamp: 0 });
    this.#heldBy('A').set('A', 1);
    for (const step of plan.opening) this.say(step);
    // The first log of each device has seen the opening; the second ones know nothing of their own accord.
    for (const first of DEVICES) this.#pull(first, ['A', 'B']);
    for (const step of plan.steps) this.say(step);
  }

  get events(): readonly PlacedEvent[] {
    return this.#history.events;
  }

  say({ log: author, pulls, timestamp, says }: MembershipStep): PlacedEvent {
    this.#pull(author, pulls === 'all' ? MEMBERSHIP_LOGS : pulls);
    const held = this.#heldBy(author);
    const seen = Object.fromEntries([...held].filter(([other]) => other !== author));
    const event = this.#history.append({ log: author, ...says, timestamp, seen });
    held.set(author, event.seq);
    return event;
  }

  #pull(author: LogName, from: readonly LogName[]): void {
    const held = this.#heldBy(author);
    for (const other of from) {
      for (const [name, seq] of this.#heldBy(other)) held.set(name, Math.max(held.get(name) ?? 0, seq));
    }
  }

  #heldBy(name: LogName): Map<LogName, Seq> {
    const held = this.#held.get(name) ?? new Map<LogName, Seq>();
    this.#held.set(name, held);
    return held;
  }
}
