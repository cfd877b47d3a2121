import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Fault, isStep, type Operation, type Plan } from '../../../simulations/plan/index.ts';
import {
  decodePlan,
  encodePlan,
  expandScenario,
  isConnected,
  loadScenario,
  scenario,
} from '../../../simulations/scenario/index.ts';
import { failureOf, type Shrunk, shrinkPlan } from '../../../simulations/shrink/index.ts';
import { hangsTogether } from '../../../simulations/shrink/link-facet.ts';
import { FACETS } from '../../../simulations/shrink/shrink-plan.ts';
import { objectId } from '../git-history/random-history.ts';
import { statesOf } from './scenario/states.ts';

const TROUBLED = scenario({
  name: 'troubled',
  peers: 6,
  clock: { ahead: '-1m to 1m', driftPpm: '-50 to 50' },
  links: { lossPermille: '1 to 9' },
  ties: 'fifo',
  workload: { events: 40, seals: 4, resolutions: 4, batch: '1 to 4' },
  faults: [
    { kind: 'partition', into: 'thirds', every: '20s', for: '5s' },
    { kind: 'clog', during: '5s to 20s', pick: 3 },
    { kind: 'scramble', during: '9s to 25s', pick: 2 },
    { kind: 'crash', times: 4 },
    { kind: 'wipe', times: 2 },
    { kind: 'restore' },
    { kind: 'rot', times: 2 },
    { kind: 'clock', step: '-1h' },
    { kind: 'reset', times: 3 },
    { kind: 'revoke' },
  ],
  sometimes: ['restart', 'conflict-opened'],
  assert: { forks: { max: 0 } },
});

const planOf = (seed: bigint, topology?: 'ring' | 'star' | 'full'): Plan =>
  expandScenario(topology === undefined ? TROUBLED : { ...TROUBLED, topology }, { seed });

const ENOUGH = { budget: 100_000 };

type Predicate = (plan: Plan) => boolean;

const shrunkBy = (plan: Plan, fails: Predicate, options = ENOUGH): Promise<Shrunk> =>
  shrinkPlan(plan, async (candidate) => fails(candidate), options);

/** Faults and operations by their types and, since times may change, by nothing else. */
const types = (items: readonly (Fault | Operation)[]): readonly string[] => items.map(({ type }) => type);

const has = (plan: Plan, type: string): boolean =>
  types([...plan.faults, ...plan.operations]).some((one) => one === type);

const eventsOf = ({ operations }: Plan): number =>
  operations.reduce((sum, operation) => sum + (operation.type === 'write' ? operation.drafts.length : 0), 0);

describe('a plan that fails', () => {
  test('is made as small as what it needs to fail', async () => {
    const fails: Predicate = (plan) => has(plan, 'rot') && has(plan, 'seal') && plan.devices.length >= 3;
    const { plan, isMinimal } = await shrunkBy(planOf(1n), fails);
    expect(isMinimal).toBe(true);
    expect([types(plan.faults), types(plan.operations)]).toEqual([['rot'], ['seal']]);
    expect(plan.devices).toHaveLength(3);
    // Two links join three devices.
    expect(plan.links).toHaveLength(2);
    expect([plan.goals, plan.expected, plan.ties, plan.phases.quietUs]).toEqual([
      [],
      undefined,
      undefined,
      0,
    ]);
    expect(plan.devices.every((device) => device.clockAheadMs === 0 && device.clockDriftPpm === 0)).toBe(
      true,
    );
    expect(plan.links.every((link) => link.lossPpm === 0 && link.meanExtraUs === 0)).toBe(true);
    // From a minute each to what is short for a person.
    expect(plan.phases.setupUs).toBeLessThan(400_000);
    expect(plan.phases.chaosUs - plan.phases.setupUs).toBeLessThan(200_000);
  });

  test('keeps an event out of several that are written at once', async () => {
    const whole = planOf(2n);
    const wanted = whole.operations.flatMap((one) =>
      one.type === 'write' && one.drafts.length > 2 ? one.drafts : [],
    );
    const last = JSON.stringify(wanted.at(-1)?.payload);
    const { plan } = await shrunkBy(whole, (candidate) =>
      JSON.stringify(candidate.operations).includes(last),
    );
    expect(eventsOf(plan)).toBeLessThanOrEqual(2);
    expect(JSON.stringify(plan.operations)).toContain(last);
  });

  test('that fails whatever is in it becomes a founder alone', async () => {
    const { plan } = await shrunkBy(planOf(1n), () => true);
    const { devices, links, operations, faults } = plan;
    expect([devices.length, links, operations, faults]).toEqual([1, [], [], []]);
  });

  test('that needs everything stays as it is', async () => {
    const whole = planOf(1n);
    const { plan, isMinimal } = await shrunkBy(whole, (candidate) => candidate === whole);
    expect([plan, isMinimal]).toEqual([whole, true]);
  });

  test('keeps a fault with its end', async () => {
    const { plan } = await shrunkBy(planOf(1n), (candidate) => has(candidate, 'unblock'));
    expect(types(plan.faults)).toEqual(['block', 'unblock']);
    const { plan: other } = await shrunkBy(planOf(1n), (candidate) => has(candidate, 'wipe'));
    expect(types(other.faults)).toEqual(['wipe', 'start']);
  });

  test('keeps what befalls a device of which the number changes', async () => {
    const whole = planOf(3n);
    const rotten = whole.faults.find(({ type }) => type === 'rot') as Fault & { readonly device: number };
    const aheadMs = whole.devices[rotten.device]?.clockAheadMs;
    const befalls: Predicate = ({ devices, faults }) =>
      faults.some((fault) => fault.type === 'rot' && devices[fault.device]?.clockAheadMs === aheadMs);
    const { plan } = await shrunkBy(whole, befalls);
    expect(aheadMs).not.toBe(0);
    expect(plan.devices.length).toBeLessThanOrEqual(2);
    expect(plan.faults).toEqual([expect.objectContaining({ type: 'rot', device: plan.devices.length - 1 })]);
  });

  test('is tried no oftener than it may be', async () => {
    let asked = 0;
    const fails: Predicate = (plan) => {
      asked += 1;
      return has(plan, 'rot') && has(plan, 'seal');
    };
    const { plan, tried, isMinimal } = await shrunkBy(planOf(1n), fails, { budget: 10 });
    expect([asked, tried, isMinimal]).toEqual([10, 10, false]);
    expect(has(plan, 'rot') && has(plan, 'seal')).toBe(true);
  });
});

/** Plans fail that have all of some parts, as a small number of their draws chooses them. */
const need = fc.record({
  seed: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  topology: fc.constantFrom('ring', 'star', 'full'),
  types: fc.subarray(
    ['block', 'clog', 'crash', 'wipe', 'restore', 'rot', 'reset', 'write', 'seal', 'resolve'],
    {
      maxLength: 4,
    },
  ),
  devices: fc.integer({ min: 1, max: 6 }),
  events: fc.integer({ min: 0, max: 8 }),
});

test('whatever a plan needs, all that is tried is a plan, and nothing that is left can be left out', async () => {
  await fc.assert(
    fc.asyncProperty(need, async ({ seed, topology, types: needed, devices, events }) => {
      const whole = planOf(seed, topology);
      const fails: Predicate = (plan) =>
        needed.every((type) => has(plan, type)) && plan.devices.length >= devices && eventsOf(plan) >= events;
      fc.pre(fails(whole));
      const watched: Predicate = (plan) => {
        expect(decodePlan(encodePlan(plan), 'small.yaml')).toEqual(plan);
        // Throws where something ends that was not begun.
        for (const [, spans] of statesOf(plan))
          for (const [, to] of spans) expect(to).toBeLessThanOrEqual(plan.phases.chaosUs);
        const pairs = plan.links.map(({ a, b }) => [a, b] as const);
        expect(isConnected(pairs, [...plan.devices.keys()])).toBe(true);
        return fails(plan);
      };
      const { plan, isMinimal } = await shrunkBy(whole, watched);
      expect([fails(plan), isMinimal]).toEqual([true, true]);
      for (const facetOf of FACETS) {
        const facet = facetOf(plan);
        for (let part = 0; part < facet.size; part += 1) {
          const smaller = facet.without(part, part + 1);
          expect(smaller !== undefined && hangsTogether(smaller) && fails(smaller)).toBe(false);
        }
      }
    }),
    { numRuns: 30 },
  );
});

describe('a failure', () => {
  const of = (invariant: 'S4' | 'L1' | 'error' | 'expected', message: string) =>
    failureOf({ violations: [{ invariant, atUs: 1, device: 0, message }] });

  test('is the invariant that was broken first', () => {
    expect(failureOf({ violations: [] })).toBeUndefined();
    expect(of('S4', 'event 7 is gone')).toBe(of('S4', 'event 8 is gone'));
    expect(of('S4', 'event 7 is gone')).not.toBe(of('L1', 'event 7 is gone'));
  });

  test('that can have many causes is told apart by what is said of it, numbers and ids left out', () => {
    expect(of('expected', 'found 3 forks')).toBe(of('expected', 'found 12 forks'));
    expect(of('expected', 'found 3 forks')).not.toBe(of('expected', 'found 3 open conflicts'));
    expect(of('L1', 'not equal at the end of the setup')).not.toBe(of('L1', 'not equal in the end'));
    const thrown = (device: number, line: number) =>
      of('error', `Error: device ${device} is down at run (a.ts:${line}:3)`);
    expect(thrown(1, 10)).toBe(thrown(2, 10));
    expect(thrown(1, 10)).not.toBe(thrown(1, 11));
  });
});

describe('clones, ill disks and deceivers', () => {
  test.each([
    ['cloned-device', 'clone', 1, 1],
    ['harm-of-all-kinds', 'clone', 1, 1],
    ['lying-disk', 'recover', 2, 0],
    ['spoilt-frames', 'deceive', 1, 0],
  ])('in %s leave no loose ends', async (name, type, faults, clones) => {
    const whole = expandScenario(loadScenario(name), { seed: 1n });
    const { plan, isMinimal } = await shrunkBy(whole, (candidate) => {
      // Whatever is tried can be run.
      decodePlan(encodePlan(candidate), 'plan.yaml');
      const begun = new Set<string>();
      for (const fault of candidate.faults) {
        if (fault.type === 'ail') begun.add(`${fault.device} ${fault.ill}`);
        if (fault.type === 'deceive') begun.add(`${fault.device} ${fault.deceit}`);
        if (fault.type === 'recover') expect(begun).toContain(`${fault.device} ${fault.ill}`);
        if (fault.type === 'behave') expect(begun).toContain(`${fault.device} ${fault.deceit}`);
        if (fault.type === 'clone') expect(candidate.devices[fault.device]?.cloneOf).toBeDefined();
      }
      return has(candidate, type);
    });
    expect(isMinimal).toBe(true);
    expect(plan.devices.filter(({ cloneOf }) => cloneOf !== undefined)).toHaveLength(clones);
    expect(plan.faults).toHaveLength(faults);
  });
});

test('a history loses with a step all that follow it, and is not held against git any more', async () => {
  const ids = [1, 2, 3, 4, 5].map(objectId);
  // The fourth merges what two had made of the first.
  const parents = [[], [0], [0], [1, 2], [3]];
  const commits = ids.map((id, i) => ({
    id,
    parents: (parents[i] ?? []).map((parent) => ids[parent] ?? ''),
    author: 'Sample Author <a@sample.invalid>',
    authoredAtMs: i,
    changes: [{ path: 'file', blob: id }],
  }));
  const head = ids.at(-1) ?? '';
  const given = { kind: 'git', history: { head, commits, tree: new Map([['file', head]]) } } as const;
  const some = scenario({ name: 'some', peers: 3, workload: { kind: 'git', path: '.' } });
  const whole = expandScenario(some, { seed: 1n, given });
  const hasMerge = ({ operations }: Plan): boolean =>
    operations.some((operation) => isStep(operation) && operation.step === 3);
  const { plan, isMinimal } = await shrunkBy(whole, (candidate) => {
    decodePlan(encodePlan(candidate), 'plan.yaml');
    return hasMerge(candidate);
  });
  expect([whole.operations.length, whole.tree?.length]).toEqual([5, 1]);
  expect([isMinimal, plan.tree]).toEqual([true, undefined]);
  // The merge, and the branch that it names: nothing says what the merge follows in its own chain.
  expect(plan.operations.filter(isStep).map(({ step, after }) => [step, after])).toEqual([
    [1, []],
    [3, [1]],
  ]);
});
