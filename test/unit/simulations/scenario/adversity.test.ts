import { describe, expect, test } from 'vitest';
import { DECEITS, dishonestIn, type Plan } from '../../../../simulations/plan/index.ts';
import {
  decodePlan,
  encodePlan,
  expandScenario,
  parseScenario,
  type ScenarioInput,
  scenario,
} from '../../../../simulations/scenario/index.ts';
import { ofType } from '../../../support/scenario-plans.ts';

type Faults = NonNullable<ScenarioInput['faults']>;

const GROUPS: NonNullable<ScenarioInput['groups']> = [
  { name: 'honest', count: 3 },
  { name: 'copies', count: 2, cloneOf: ['copies', 1] },
  { name: 'bad', count: 2, role: 'reader' },
];

const plan = (faults: Faults, seed = 1n): Plan => {
  const input = { name: 'some', groups: GROUPS, outside: 'bad', workload: { events: 20 }, faults };
  return expandScenario(scenario(input), { seed });
};

const EACH: Faults = [
  { kind: 'crash', times: 3, torn: true },
  { kind: 'disk', ill: 'read', every: '9s', for: '3s', permille: 20 },
  { kind: 'clone', at: '20s' },
  { kind: 'deceive', every: '11s', for: '5s', pick: 1, how: ['mutated-bytes', 'feigned-sync'] },
  { kind: 'deceive', at: '5s', permanent: true, how: ['endless-wants'] },
  { kind: 'fork', times: 2, age: '2s to 20s', events: 2 },
  { kind: 'usurp', times: 2, target: 'honest' },
  { kind: 'codec', times: 2, events: 3 },
];

describe('adversity in a scenario', () => {
  test.each(EACH.map((fault, off) => [fault.kind, off] as const))(
    'that leaves out %s (%i) leaves everything else as it is',
    (_, off) => {
      const whole = plan(EACH);
      const rest = plan(EACH.map((fault, i) => (i === off ? { ...fault, off: true } : fault)));
      const alone = plan(EACH.map((fault, i) => (i === off ? fault : { ...fault, off: true })));
      expect(rest.operations).toEqual(whole.operations);
      const texts = ({ faults }: Plan) => faults.map((fault) => JSON.stringify(fault));
      expect(alone.faults.length).toBeGreaterThan(0);
      expect([...texts(rest), ...texts(alone)].toSorted()).toEqual(texts(whole).toSorted());
    },
  );

  test('is in the file of a plan as it was', () => {
    const made = plan(EACH, 7n);
    expect(decodePlan(encodePlan(made), 'plan.yaml')).toEqual(made);
  });

  test('is done by devices outside of what is to be equal, and by no others', () => {
    for (let seed = 1n; seed <= 20n; seed += 1n) {
      const made = plan(EACH, seed);
      expect([...dishonestIn(made)].every((device) => device >= 5)).toBe(true);
      expect(made.core).toEqual([0, 1, 2, 3, 4]);
    }
  });

  test('ends with the chaos, unless it is for good', () => {
    const made = plan(EACH);
    const left = (deceit: string): number =>
      ofType(made, 'deceive').filter((fault) => fault.deceit === deceit).length -
      ofType(made, 'behave').filter((fault) => fault.deceit === deceit).length;
    expect([left('mutated-bytes'), left('endless-wants')]).toEqual([0, 2]);
    expect(ofType(made, 'ail').length).toBe(ofType(made, 'recover').length);
  });

  test('is every deceit when none is named', () => {
    const made = plan([{ kind: 'deceive', devices: 'bad', at: '1s' }]);
    expect(ofType(made, 'deceive').map(({ deceit }) => deceit)).toEqual([...DECEITS, ...DECEITS]);
  });

  test('forks from a backup that was made before, by just so many events', () => {
    const made = plan([{ kind: 'fork', devices: 5, at: '30s', age: '7s', events: 4 }]);
    const [fork] = ofType(made, 'fork');
    expect(ofType(made, 'backup')).toEqual([{ atUs: 33_000_000, type: 'backup', device: 5 }]);
    expect([fork?.atUs, fork?.drafts.length]).toEqual([40_000_000, 4]);
  });
});

describe('a codec that nobody knows', () => {
  test('is any but the known one, or the one that is asked for', () => {
    const codecsOf = (fault: Faults[number]): readonly number[] =>
      ofType(plan([fault]), 'codec').map(({ codec }) => codec);
    const drawn = codecsOf({ kind: 'codec', times: 300, pick: 'all' });
    expect([Math.min(...drawn) >= 1, Math.max(...drawn) <= 255, new Set(drawn).size > 100]).toEqual([
      true,
      true,
      true,
    ]);
    expect(codecsOf({ kind: 'codec', pick: 'all', codec: 1 })).toEqual([1, 1]);
  });

  test('stands in the last of the records that are asked for', () => {
    const [fault] = ofType(plan([{ kind: 'codec', events: 4 }]), 'codec');
    expect(fault?.drafts.length).toBe(4);
  });
});

describe('a clone', () => {
  test('is of the first device that is meant and no clone itself, and has its role', () => {
    const { devices } = plan([]);
    expect(devices.map(({ cloneOf }) => cloneOf)).toEqual([
      undefined,
      undefined,
      undefined,
      1,
      1,
      undefined,
      undefined,
    ]);
    expect(devices[3]?.role).toBe('writer');
    const ofFounder = scenario({
      name: 'some',
      groups: [
        { name: 'first', count: 1 },
        { name: 'copy', count: 1, cloneOf: 'founder' },
      ],
    });
    expect(expandScenario(ofFounder, { seed: 1n }).devices[1]).toMatchObject({ cloneOf: 0, role: 'admin' });
  });

  test('of nobody else is a mistake', () => {
    const itself = scenario({ name: 'some', groups: [{ name: 'copies', count: 2, cloneOf: 'copies' }] });
    expect(() => expandScenario(itself, { seed: 1n })).toThrow(
      'the devices of "cloneOf" are clones themselves, expected others',
    );
    expect(() => parseScenario('name: a\ngroups: [{ name: b, count: 1, cloneOf: c }]\n', 'a.yaml')).toThrow(
      'a.yaml:2:40: groups[0].cloneOf: found "c", expected the number of a device, or one of all, founder, others, b',
    );
  });
});

test.each(['deceive', 'fork', 'usurp', 'codec'])('%s without devices that may do it is a mistake', (kind) => {
  expect(() => parseScenario(`name: a\nfaults: [{ kind: ${kind} }]\n`, 'a.yaml')).toThrow(
    'a.yaml:2:18: faults[0].kind: no devices are "outside", expected some: only those may mean no good',
  );
});
