import { describe, expect, test } from 'vitest';
import type { GitCommit, GitHistory } from '../../../../protocol/git-history/index.ts';
import { isStep, type Plan, type Step } from '../../../../simulations/plan/index.ts';
import {
  decodePlan,
  encodePlan,
  expandScenario,
  type GivenEvent,
  type GivenWorkload,
  type ScenarioInput,
  scenario,
  withWorkload,
} from '../../../../simulations/scenario/index.ts';
import { objectId } from '../../git-history/random-history.ts';

const BEGIN = 10_000_000;
const END = 70_000_000;

const SOME: ScenarioInput = { name: 'some', peers: 4, workload: { kind: 'git', path: '.' } };
const LINES: ScenarioInput = { name: 'some', peers: 4, workload: { kind: 'jsonl', file: 'a.jsonl' } };

/** A history of one author without branches. */
const straight = (commits: number, changes = 1): GitHistory => {
  const list = Array.from(
    { length: commits },
    (_, i): GitCommit => ({
      id: objectId(0xc000 + i),
      parents: i === 0 ? [] : [objectId(0xc000 + i - 1)],
      author: 'Sample Author A <a@sample.invalid>',
      authoredAtMs: 1_000 * i,
      changes: Array.from({ length: changes }, (__, j) => ({
        path: `some/folder/file-${j}`,
        blob: objectId(i + 1),
      })),
    }),
  );
  const tree = new Map(list.at(-1)?.changes.map(({ path, blob }) => [path, blob ?? '']));
  return { head: list.at(-1)?.id ?? '', commits: list, tree };
};

const eventAt = (
  chain: number,
  id: string,
  writtenAtMs: number,
  seen: GivenEvent['seen'] = [],
): GivenEvent => ({
  chain,
  seen,
  writtenAtMs,
  draft: {
    type: 'plos.core/StateUpdated',
    entityId: 'e',
    payload: { f: id },
    source: { id, system: 'test' },
  },
});

const planOf = (given: GivenWorkload, input: ScenarioInput = SOME, seed = 1n): Plan =>
  expandScenario(scenario(input), { seed, given });

const gitPlan = (history: GitHistory, input: ScenarioInput = SOME, seed = 1n): Plan =>
  planOf({ kind: 'git', history }, input, seed);

const stepsOf = ({ operations }: Plan): readonly Step[] => operations.filter(isStep);

describe('a history of git in a plan', () => {
  test('is written in its order, by devices that take turns', () => {
    const steps = stepsOf(
      gitPlan(straight(100), { ...SOME, workload: { kind: 'git', path: '.', turn: '3 to 5' } }),
    );
    expect(steps.map(({ step }) => step)).toEqual([...steps.keys()]);
    for (const { atUs } of steps) expect(atUs >= BEGIN && atUs < END).toBe(true);
    const turns: number[] = [];
    for (const [i, { device }] of steps.entries()) {
      if (device === steps[i - 1]?.device) turns.push((turns.pop() ?? 0) + 1);
      else turns.push(1);
    }
    expect(turns.slice(0, -1).every((turn) => turn >= 3 && turn <= 5)).toBe(true);
    expect(new Set(steps.map(({ device }) => device)).size).toBe(4);
  });

  test('has what git holds in the end, and no open conflict', () => {
    const history = straight(3, 2);
    const { tree, expected } = gitPlan(history, { ...SOME, assert: { forks: { max: 0 } } });
    expect(tree).toEqual([...history.tree].map(([path, blob]) => ({ path, blob })));
    expect(expected).toEqual({ forks: { max: 0 }, openConflicts: { max: 0 } });
  });

  test('is a function of the seed, and another one with another seed', () => {
    const history = straight(30);
    expect(gitPlan(history)).toEqual(gitPlan(history));
    expect(stepsOf(gitPlan(history, SOME, 2n))).not.toEqual(stepsOf(gitPlan(history)));
  });

  test('is written by none who may not, stands outside, or is told to be something else', () => {
    const groups: ScenarioInput['groups'] = [
      { name: 'writers', count: 4 },
      { name: 'readers', count: 1, role: 'reader' },
    ];
    const input: ScenarioInput = {
      name: 'some',
      groups,
      outside: 1,
      workload: { kind: 'git', path: '.', turn: 1 },
      faults: [{ kind: 'revoke', at: '30s', target: 2 }],
    };
    const devices = stepsOf(gitPlan(straight(60), input)).map(({ device }) => device);
    expect([...new Set(devices)].toSorted()).toEqual([0, 3]);
    expect(() =>
      gitPlan(straight(3), { ...input, workload: { kind: 'git', path: '.', writers: [1, 2] } }),
    ).toThrow(/workload\.writers: there is no device that could write it/);
  });

  test('of 2,000 commits and 10,000 changes takes less than two megabytes, and reads back', () => {
    const plan = gitPlan(straight(2_000, 5));
    const text = encodePlan(plan);
    expect(text.length).toBeLessThan(2_000_000);
    expect(decodePlan(text, 'p.yaml')).toEqual(plan);
  });

  test('gives all longer to become equal, the more of it there is', () => {
    const [short, long] = [2, 102].map((count) => gitPlan(straight(count)).phases.healUs);
    expect((long ?? 0) - (short ?? 0)).toBe(50_000_000);
  });
});

describe('events in a plan', () => {
  const events = [
    eventAt(0, 'a1', 1_000),
    eventAt(1, 'b1', 3_000, [{ chain: 0, count: 1 }]),
    eventAt(0, 'a2', 4_000),
    eventAt(1, 'b2', 6_000, [{ chain: 0, count: 1 }]),
    eventAt(1, 'b3', 7_000, [{ chain: 0, count: 2 }]),
  ];

  test('are as far apart as they were written, each log on a device of its own', () => {
    const steps = stepsOf(planOf({ kind: 'events', events }, LINES));
    expect(steps.map(({ atUs }) => atUs - BEGIN)).toEqual([0, 2_000_000, 3_000_000, 5_000_000, 6_000_000]);
    for (const chain of [0, 1]) {
      expect(new Set(steps.filter((step) => step.chain === chain).map(({ device }) => device)).size).toBe(1);
    }
  });

  test('come after what they had seen, which is told once', () => {
    const steps = stepsOf(planOf({ kind: 'events', events }, LINES));
    expect(steps.map(({ after }) => after)).toEqual([[], [0], [], [], [2]]);
  });

  test('are closer together where the chaos would be too short', () => {
    const far = [eventAt(0, 'a', 0), eventAt(0, 'b', 1_000_000), eventAt(0, 'c', 4_000_000)];
    const times = stepsOf(planOf({ kind: 'events', events: far }, LINES)).map(({ atUs }) => atUs);
    expect(times).toEqual([BEGIN, BEGIN + 14_999_999, END - 1]);
  });

  test('come at drawn times when that is asked for', () => {
    const drawn: ScenarioInput = { ...LINES, workload: { kind: 'jsonl', file: 'a.jsonl', times: 'drawn' } };
    const steps = stepsOf(planOf({ kind: 'events', events }, drawn));
    expect(steps.map(({ step }) => step)).toEqual([0, 1, 2, 3, 4]);
    expect(steps.map(({ atUs }) => atUs - BEGIN)).not.toEqual([
      0, 2_000_000, 3_000_000, 5_000_000, 6_000_000,
    ]);
  });

  test('that nobody has written yet are written in their order', () => {
    const drafts = events.map(({ draft: { source: _, ...draft } }) => draft);
    const { operations } = planOf({ kind: 'drafts', drafts }, LINES);
    expect(operations.map((one) => (one.type === 'write' ? one.drafts : []))).toEqual(
      drafts.map((draft) => [draft]),
    );
  });
});

test('a workload that was not read is told', () => {
  expect(() => expandScenario(scenario(SOME), { seed: 1n })).toThrow(
    'the workload of scenario some has not been read',
  );
});

test('another workload takes with it what followed from the one before', () => {
  const before = scenario({
    name: 'some',
    workload: { events: 5 },
    sometimes: ['conflict-opened', 'conflict-closed', 'event-excluded', 'restart'],
    assert: { openConflicts: { min: 1 }, excludedEvents: { min: 1 }, forks: { max: 0 } },
  });
  const workload = { kind: 'git', path: '.', writers: 'all', turn: { from: 1, to: 2 } } as const;
  expect(withWorkload(before, workload)).toMatchObject({
    workload,
    sometimes: ['restart'],
    assert: { forks: { max: 0 } },
  });
  expect(Object.keys(withWorkload(before, workload).assert)).toEqual(['forks']);
});

describe('a plan with a history is refused', () => {
  const text = encodePlan(
    planOf({ kind: 'events', events: [eventAt(0, 'a', 0), eventAt(1, 'b', 9)] }, LINES),
  );
  const commit = encodePlan(gitPlan(straight(2)));

  test.each([
    ['a step twice', text.replace('"step":1', '"step":0'), 'operations[1].step: found 0, expected a number'],
    [
      'a step after itself',
      text.replace('"chain":1,"after":[]', '"chain":1,"after":[1]'),
      'operations[1].after[0]: found 1, expected the number of another step that is lower than 1',
    ],
    [
      'a step after none that there is',
      text.replace('"chain":1,"after":[]', '"chain":1,"after":[7]'),
      'operations[1].after[0]: found 7',
    ],
    [
      'an event without a source',
      text.replace(/,"source":\{"id":"a","system":"test"\}/, ''),
      'operations[0]: found an event without a source',
    ],
    [
      'an event that is none',
      text.replace('plos.core/StateUpdated', 'nothing'),
      'operations[0]: found an event that is none',
    ],
    [
      'a commit of nothing',
      commit.replace(/"changes":\[\[.*?\]\]/, '"changes":[]'),
      'operations[0]: found no changes',
    ],
    [
      'a blob that is none',
      commit.replace(/"some\/folder\/file-0","0+1"/, '"x","1"'),
      'the id of an object of git',
    ],
  ])('with %s', (_, changed, message) => {
    expect([text, commit]).not.toContain(changed);
    expect(() => decodePlan(changed, 'p.yaml')).toThrow(message);
  });
});
