import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CausalIndex } from '../../protocol/causality/index.ts';
import type { Origin, PlacedEvent, Seq } from '../../protocol/event/index.ts';
import { SharedKnowledge } from '../../simulations/memo/shared-knowledge.ts';
import { AuthoredHistory, LOG_NAMES, ORIGINS } from '../support/authored-history.ts';
import { draws, randomHistory, readyOrder, restrictions } from '../support/random-history.ts';

const origins = LOG_NAMES.map((name) => ORIGINS[name]);

type Forks = Readonly<Record<Origin, Seq>>;

/** A device that applies events in an order of its own; it may know of forks, and is restarted now and then. */
interface Follower {
  readonly events: readonly PlacedEvent[];
  readonly choices: readonly number[];
  readonly forks: Forks;
  /** After how many events it is restarted. */
  readonly restart: number;
}

const histories = fc.tuple(randomHistory(), randomHistory());

const follower = fc.record({
  /** Of two histories of the same logs. */
  history: fc.nat(1),
  choices: draws,
  forks: fc.oneof(fc.constant<Forks>({}), restrictions(2)),
  restart: fc.nat(60),
});

/** Runs one device, step by step; it gives all that its index says after each event. */
function* follow({ events, choices, forks, restart }: Follower, shared?: SharedKnowledge): Iterable<unknown> {
  const lastOf = (origin: Origin): Seq | undefined => {
    const fork = forks[origin];
    return fork === undefined ? undefined : fork - 1;
  };
  const open = () => new CausalIndex(lastOf, shared?.book());
  let index = open();
  const steps: NonNullable<ReturnType<CausalIndex['apply']>>[] = [];
  const applied: PlacedEvent[] = [];
  for (const [i, event] of readyOrder(events, choices).entries()) {
    if (i === restart) {
      const reopened = open();
      for (const [origin, seq] of index.frontier()) reopened.restoreApplied(origin, seq);
      for (const origin of origins)
        for (const step of steps) if (step.origin === origin) reopened.restoreStep(step);
      index = reopened;
    }
    if (index.isCutOff(event) || index.missing(event, event.seen) !== undefined) continue;
    const step = index.apply(event, event.seen);
    if (step !== undefined) steps.push(step);
    applied.push(event);
    yield { step, vectors: applied.map((each) => index.seenVector(each)) };
  }
}

test('devices that share what they know of logs know what each would know alone, whatever others take meanwhile', () => {
  const property = fc.property(
    histories,
    fc.array(follower, { minLength: 2, maxLength: 5 }),
    draws,
    (both, followers, turns) => {
      const shared = new SharedKnowledge();
      const devices = followers.map(({ history, ...rest }) => {
        const device = { events: both[history] ?? [], ...rest };
        return {
          alone: [...follow(device)],
          together: follow(device, shared)[Symbol.iterator](),
          said: [] as unknown[],
        };
      });
      const running = [...devices];
      for (let turn = 0; running.length > 0; turn += 1) {
        const at = (turns[turn % (turns.length || 1)] ?? turn) % running.length;
        const next = running[at]?.together.next();
        if (next === undefined || next.done) running.splice(at, 1);
        else running[at]?.said.push(next.value);
      }
      for (const { alone, said } of devices) expect(said).toEqual(alone);
    },
  );
  fc.assert(property, { numRuns: 500 });
});

test('devices that follow the same history keep it once', () => {
  const [events] = fc.sample(randomHistory({ sparse: false }), { numRuns: 1, seed: 7 });
  const shared = new SharedKnowledge();
  const books = [shared.book(), shared.book()];
  for (const book of books) {
    const index = new CausalIndex(undefined, book);
    for (const event of events ?? []) index.apply(event, event.seen);
  }
  const kept = books.map((book) => origins.map((origin) => book.of(origin)));
  expect(kept[0]?.filter((log) => log !== undefined).length).toBeGreaterThan(1);
  for (const [i, log] of (kept[0] ?? []).entries()) expect(kept[1]?.[i]).toBe(log);
});

test('a log that has seen nothing is kept once also by a device that has it from its disk', () => {
  const history = new AuthoredHistory();
  for (let i = 1; i <= 3; i += 1) history.update('A', { i });
  const shared = new SharedKnowledge();
  const index = new CausalIndex(undefined, shared.book());
  for (const event of history.events) index.apply(event, event.seen);
  const opened = (events: number, step?: Seq) => {
    const book = shared.book();
    const restored = new CausalIndex(undefined, book);
    restored.restoreApplied(ORIGINS.A, events);
    if (step !== undefined) restored.restoreStep({ origin: ORIGINS.A, seq: step, seen: { [ORIGINS.B]: 2 } });
    return {
      knowledge: book.of(ORIGINS.A),
      seen: restored.seenSeq({ origin: ORIGINS.A, seq: 3 }, ORIGINS.B),
    };
  };
  const { knowledge } = opened(3);
  expect(knowledge).toBeDefined();
  expect(opened(2).knowledge).toBe(knowledge);
  // One whose disk tells of more, or knows of something that was seen, is alone.
  expect(opened(4).knowledge).not.toBe(knowledge);
  expect(opened(3, 2)).toMatchObject({ seen: 2 });
  expect(opened(3, 2).knowledge).not.toBe(knowledge);
});

test('of what is past a fork, who knows of it counts less than others, and less in all that follows from it', () => {
  const history = new AuthoredHistory();
  for (let i = 1; i <= 3; i += 1) history.update('A', { i });
  const witness = history.update('B', { i: 1 }, { seen: { A: 3 } });
  const later = history.update('C', { i: 1 }, { seen: { B: 1 } });
  const shared = new SharedKnowledge();
  const ignorant = new CausalIndex(undefined, shared.book());
  const knowing = new CausalIndex((origin) => (origin === ORIGINS.A ? 1 : undefined), shared.book());
  for (const index of [ignorant, knowing]) {
    for (const event of history.events) if (!index.isCutOff(event)) index.apply(event, event.seen);
  }
  for (const event of [witness, later]) {
    expect([ignorant, knowing].map((index) => index.seenSeq(event, ORIGINS.A))).toEqual([3, 1]);
  }
});
