import { describe, expect, test } from 'vitest';
import { SmoError } from '../../../../protocol/fault/index.ts';
import { parseScenario, scenario } from '../../../../simulations/scenario/index.ts';

/** The lines of the error that something throws. */
const mistakes = (make: () => unknown): readonly string[] => {
  try {
    make();
  } catch (error) {
    if (!(error instanceof SmoError)) throw error;
    expect(error.code).toBe('scenario_invalid');
    expect(error.hint).not.toBe('');
    return error.message.split('; ');
  }
  throw new Error('nothing was thrown');
};

const inFile = (text: string): readonly string[] => mistakes(() => parseScenario(text, 'a.yaml'));

const DURATION = 'expected a duration such as 500ms, 30s, 10m or 2h';
const PERIOD = 'expected a duration from 1ms on, such as 500ms, 30s, 10m or 2h';
const DEVICES =
  'expected the number of a device, all, founder, others, the name of a group, or a list of these';
const KINDS =
  'partition, isolate, one-way, clog, flap, reset, scramble, crash, churn, restore, wipe, rot, clock, revoke, role, disk, clone, deceive, fork, usurp';

describe('a scenario file', () => {
  test('of one line is enough, since all else has a default', () => {
    expect(parseScenario('name: small', 'a.yaml')).toMatchObject({
      name: 'small',
      topology: 'full',
      phases: { setup: 10_000_000, chaos: 60_000_000, heal: 300_000_000, quiet: 30_000_000 },
      links: { minMs: { from: 20, to: 20 }, lossPermille: { from: 0, to: 0 }, pairs: [] },
      workload: { kind: 'synthetic', writers: 'all', entities: 20, keys: 'uniform', operations: [] },
      faults: [],
      sometimes: [],
      assert: {},
    });
  });

  test('gives times in microseconds, and what is drawn as a range', () => {
    const text = `name: some
peers: 4
topology: { kind: regular }
links: { minMs: 10 to 80, pairs: [{ from: founder, to: [1, 2], bytesPerSecond: 500 }] }
phases: { chaos: 2m }
faults:
  - { kind: partition, during: 10s to 1m }
  - { kind: crash, at: 500ms, down: 1s to 5s, pick: half }
  - { kind: clock, every: 1m, step: -2h }
assert: { forks: { max: 0 } }`;
    expect(parseScenario(text, 'a.yaml')).toMatchObject({
      peers: 4,
      topology: { kind: 'regular', degree: 4 },
      links: {
        minMs: { from: 10, to: 80 },
        pairs: [{ from: 'founder', to: [1, 2], bytesPerSecond: { from: 500, to: 500 } }],
      },
      phases: { chaos: 120_000_000 },
      faults: [
        { kind: 'partition', off: false, during: { from: 10_000_000, to: 60_000_000 } },
        { kind: 'crash', at: 500_000, down: { from: 1_000_000, to: 5_000_000 }, pick: 'half', times: 1 },
        { kind: 'clock', every: 60_000_000, step: { from: -7_200_000_000, to: -7_200_000_000 } },
      ],
      assert: { forks: { max: 0 } },
    });
  });
});

describe('a mistake in a scenario file is told with its line and column:', () => {
  test.each<readonly [string, string, string]>([
    // The text as a whole.
    ['no YAML', 'name: [1', 'a.yaml:1:9: this is no YAML: Flow sequence in block collection'],
    ['one key twice', 'name: a\nname: b', 'a.yaml:2:1: this is no YAML: Map keys must be unique'],
    ['a tag', 'name: !new a', 'a.yaml:1:7: this is no YAML: Unresolved tag: !new'],
    ['an alias of nothing', 'name: *a', 'a.yaml:1:1: this is no YAML: Unresolved alias'],
    ['two documents', 'name: a\n---\nname: b', 'a.yaml:2:1: found a second document, expected one'],
    ['nothing at all', '', 'a.yaml:1:1: found nothing (null), expected an object, as "key: value"'],
    ['a list', '- name: a', 'a.yaml:1:1: found a list, expected an object, as "key: value"'],
    // Keys.
    ['a name that is missing', 'peers: 3', 'a.yaml:1:1: name: is missing, expected a name of small letters'],
    [
      'an unknown key, and the nearest that is known',
      'name: a\nworklod: {}',
      'a.yaml:2:1: worklod: there is no such key (did you mean "workload"?), known are name, about,',
    ],
    [
      'an unknown key that is near to none',
      'name: a\nlinks:\n  something: 5',
      'a.yaml:3:3: links.something: there is no such key, known are minMs, meanExtraMs, bytesPerSecond, lossPermille, pairs',
    ],
    [
      'a key of another kind of fault',
      'name: a\nfaults:\n  - { kind: rot, down: 5s }',
      'a.yaml:3:18: faults[0].down: there is no such key, known are kind, name, off, at, every, during, times, devices, pick',
    ],
    // Values.
    ['a name with blanks', 'name: A b', 'a.yaml:1:7: name: found "A b", expected a name of small letters'],
    ['no text', 'name: a\nabout: 5', 'a.yaml:2:8: about: found 5, expected a text'],
    [
      'no number',
      'name: a\npeers: many',
      'a.yaml:2:8: peers: found "many", expected a whole number from 1 to 1000',
    ],
    ['no device', 'name: a\npeers: 0', 'a.yaml:2:8: peers: found 0, expected a whole number from 1 to 1000'],
    ['one device too many', 'name: a\npeers: 1001', 'a.yaml:2:8: peers: found 1001, expected a whole number'],
    ['part of a device', 'name: a\npeers: 1.5', 'a.yaml:2:8: peers: found 1.5, expected a whole number'],
    [
      'a number without a unit',
      'name: a\nphases:\n  chaos: 60',
      `a.yaml:3:10: phases.chaos: found 60, ${PERIOD}`,
    ],
    [
      'a duration with a blank',
      'name: a\nphases:\n  chaos: 60 s',
      `a.yaml:3:10: phases.chaos: found "60 s", ${PERIOD}`,
    ],
    [
      'a list in place of an object',
      'name: a\nphases: [1]',
      'a.yaml:2:9: phases: found a list, expected an object',
    ],
    [
      'nothing in place of a list',
      'name: a\nfaults:',
      'a.yaml:2:8: faults: found nothing (null), expected a list',
    ],
    ['half a unit', 'name: a\nphases:\n  heal: 1.5h', `a.yaml:3:9: phases.heal: found "1.5h", ${DURATION}`],
    [
      'a range that goes down',
      'name: a\nlinks: { minMs: 80 to 10 }',
      'a.yaml:2:17: links.minMs: found "80 to 10", expected a whole number from 0 to 3600000, or two of them as "10 to 80"',
    ],
    [
      'a range beyond its bounds',
      'name: a\nlinks: { lossPermille: 10 to 1000 }',
      'a.yaml:2:24: links.lossPermille: found "10 to 1000", expected a whole number from 0 to 999',
    ],
    [
      'durations that go down',
      'name: a\nfaults: [{ kind: crash, down: 5s to 1s }]',
      'a.yaml:2:31: faults[0].down: found "5s to 1s", expected a duration such as 30s, or two of them',
    ],
    [
      'a window that is empty',
      'name: a\nfaults: [{ kind: crash, during: 5s to 5s }]',
      'a.yaml:2:33: faults[0].during: found "5s to 5s", expected a time and a later one',
    ],
    [
      'a period of nothing',
      'name: a\nfaults: [{ kind: reset, every: 999us }]',
      'a.yaml:2:32: faults[0].every: found "999us", expected a duration from 1ms on',
    ],
    [
      'an unknown word',
      'name: a\nworkload: { keys: zip }',
      'a.yaml:2:19: workload.keys: found "zip", expected one of uniform, zipf (did you mean "zipf"?)',
    ],
    [
      'an unknown kind of workload',
      'name: a\nworkload: { kind: got, path: . }',
      'a.yaml:2:19: workload.kind: found "got", expected one of synthetic, git, jsonl (did you mean "git"?)',
    ],
    [
      'a workload without its path',
      'name: a\nworkload: { kind: git }',
      'a.yaml:2:11: workload.path: is missing',
    ],
    [
      'a key of another kind of workload',
      'name: a\nworkload: { kind: jsonl, file: a, turn: 3 }',
      'a.yaml:2:35: workload.turn: there is no such key, known are kind, file, writers, times',
    ],
    [
      'an unknown goal',
      'name: a\nsometimes: [restarts]',
      'a.yaml:2:13: sometimes[0]: found "restarts", expected one of write-while-parted,',
    ],
    [
      'an unknown topology',
      'name: a\ntopology: circle',
      'a.yaml:2:11: topology: found "circle", expected one of full,',
    ],
    [
      'an unknown topology with settings',
      'name: a\ntopology: { kind: circle }',
      'a.yaml:2:19: topology.kind: found "circle", expected one of full, ring,',
    ],
    [
      'a setting of a topology',
      'name: a\ntopology: { kind: regular, degree: 1 }',
      'a.yaml:2:36: topology.degree: found 1, expected a whole number from 2 to 1000',
    ],
    [
      'an unknown kind of fault',
      'name: a\nfaults:\n  - kind: clokk',
      `a.yaml:3:11: faults[0].kind: found "clokk", expected one of ${KINDS} (did you mean "clock"?)`,
    ],
    [
      'a fault without a kind',
      'name: a\nfaults:\n  - at: 5s',
      `a.yaml:3:5: faults[0].kind: is missing, expected one of ${KINDS}`,
    ],
    [
      'a fault that is none',
      'name: a\nfaults: [crash]',
      `a.yaml:2:10: faults[0]: found "crash", expected an object with a kind: one of ${KINDS}`,
    ],
    [
      'a fault that lacks something',
      'name: a\nfaults: [{ kind: clock }]',
      'a.yaml:2:10: faults[0].step: is missing, expected a duration such as 30s or -2h',
    ],
    [
      'a fault that lacks a word',
      'name: a\nfaults: [{ kind: role }]',
      'a.yaml:2:10: faults[0].role: is missing, expected one of admin, writer, reader, replica',
    ],
    ...['none', 'plos.mesh/DeviceAdded', 'plos.core/RelationAdded'].map(
      (type) =>
        [
          `an event of the type ${type}`,
          `name: a\nworkload: { operations: [{ kind: event, at: 1s, type: ${type} }] }`,
          `a.yaml:2:55: workload.operations[0].type: found "${type}", expected the type of an event that`,
        ] as const,
    ),
    ['no devices', 'name: a\noutside: []', `a.yaml:2:10: outside: found an empty list, ${DEVICES}`],
    [
      'a device below 0',
      'name: a\noutside: -1',
      'a.yaml:2:10: outside: found -1, expected a whole number from 0',
    ],
    [
      'weights of nothing',
      'name: a\nworkload: { mix: { updates: 0, creations: 0, relations: 0, metrics: 0 } }',
      'a.yaml:2:18: workload.mix: found an object, expected one weight above 0 at least',
    ],
    // What does not fit together.
    [
      'devices told twice',
      'name: a\npeers: 3\ngroups: [{ name: b, count: 3 }]',
      'a.yaml:2:1: peers: there are "groups" too, expected one of both',
    ],
    [
      'a group with the name of another',
      'name: a\ngroups: [{ name: b, count: 1 }, { name: b, count: 1 }]',
      'a.yaml:2:41: groups[1].name: found "b", expected a name that is not taken',
    ],
    [
      'a group with the name of a word',
      'name: a\ngroups: [{ name: others, count: 1 }]',
      'a.yaml:2:18: groups[0].name: found "others", expected a name that is not taken',
    ],
    [
      'a device that there is not',
      'name: a\npeers: 4\noutside: [3, 4]',
      'a.yaml:3:14: outside[1]: found 4, expected the number of a device, from 0 to 3',
    ],
    [
      'a group that there is not',
      'name: a\ngroups: [{ name: phones, count: 2 }]\nfaults: [{ kind: crash, devices: phone }]',
      'a.yaml:3:34: faults[0].devices: found "phone", expected the number of a device, or one of all, founder, others, phones (did you mean "phones"?)',
    ],
    [
      'a part that there is not',
      'name: a\nfaults: [{ kind: partition, groups: [0, [1, 7]] }]',
      'a.yaml:2:45: faults[0].groups[1][1]: found 7, expected the number of a device, from 0 to 2',
    ],
    [
      'unknown devices of a link',
      'name: a\nlinks: { pairs: [{ from: 0, to: homes }] }',
      'a.yaml:2:33: links.pairs[0].to: found "homes", expected the number of a device',
    ],
    [
      'unknown devices of an operation',
      'name: a\nworkload: { operations: [{ kind: seal, at: 1s, devices: 9 }] }',
      'a.yaml:2:57: workload.operations[0].devices: found 9, expected the number of a device',
    ],
    [
      'an operation after the chaos',
      'name: a\nworkload: { operations: [{ kind: seal, at: 60s }] }',
      'a.yaml:2:44: workload.operations[0].at: found a time after the chaos',
    ],
    [
      'events told twice',
      'name: a\nworkload: { events: 5, perMinute: 5 }',
      'a.yaml:2:24: workload.perMinute: there is a number of "events" too',
    ],
    [
      'a fault after the chaos',
      'name: a\nfaults: [{ kind: crash, at: 60s }]',
      'a.yaml:2:29: faults[0].at: found a time after the chaos',
    ],
    [
      'a window after the chaos',
      'name: a\nfaults: [{ kind: crash, during: 5s to 61s }]',
      'a.yaml:2:33: faults[0].during: found a time after the chaos',
    ],
    [
      'a time told twice',
      'name: a\nfaults: [{ kind: crash, at: 5s, every: 5s }]',
      'a.yaml:2:33: faults[0].every: there is an "at" too',
    ],
    [
      'a window for one time',
      'name: a\nfaults: [{ kind: crash, at: 5s, during: 5s to 6s }]',
      'a.yaml:2:33: faults[0].during: there is an "at" too',
    ],
    [
      'times that are given, and a number of times to draw',
      'name: a\nfaults: [{ kind: crash, every: 5s, times: 2 }]',
      'a.yaml:2:36: faults[0].times: there is an "every" too',
    ],
    [
      'two ends',
      'name: a\nfaults: [{ kind: isolate, during: 5s to 9s, for: 2s }]',
      'a.yaml:2:45: faults[0].for: there is neither "at" nor "every"',
    ],
    [
      'no end',
      'name: a\nfaults: [{ kind: isolate, every: 5s }]',
      'a.yaml:2:27: faults[0].every: there is no "for"',
    ],
    [
      'a fault with the name of another',
      'name: a\nfaults: [{ kind: rot, name: b }, { kind: crash, name: b }]',
      'a.yaml:2:55: faults[1].name: found "b", expected a name that no other fault has',
    ],
    [
      'parts told twice',
      'name: a\nfaults: [{ kind: partition, into: halves, groups: [0, 1] }]',
      'a.yaml:2:29: faults[0].into: there are "groups" too',
    ],
    [
      'for good, without devices that may be',
      'name: a\nfaults: [{ kind: crash, permanent: true }]',
      'a.yaml:2:25: faults[0].permanent: no devices are "outside"',
    ],
    [
      'for good, and up to a time',
      'name: a\noutside: 1\nfaults: [{ kind: isolate, during: 5s to 9s, permanent: true }]',
      'a.yaml:3:27: faults[0].during: it is "permanent", expected no end',
    ],
    [
      'for good, and for some time',
      'name: a\noutside: 1\nfaults: [{ kind: clog, at: 5s, for: 9s, permanent: true }]',
      'a.yaml:3:32: faults[0].for: it is "permanent", expected no end',
    ],
    [
      'a period that never ends',
      'name: a\nfaults: [{ kind: rot, every: 60s }]',
      'a.yaml:2:30: faults[0].every: found a time in which it never happens',
    ],
    [
      'a period that never ends in its window',
      'name: a\nfaults: [{ kind: rot, every: 4s, during: 5s to 9s }]',
      'a.yaml:2:30: faults[0].every: found a time in which it never happens',
    ],
    [
      'an order that is none',
      'name: a\nties: lifo',
      'a.yaml:2:7: ties: found "lifo", expected fifo, random, or an object such as { pct: 3, window: 10ms }',
    ],
    [
      'a window that is too long',
      'name: a\nties: { pct: 2, window: 2s }',
      'a.yaml:2:25: ties.window: found "2s", expected a duration from 1ms to 1s',
    ],
    [
      'bounds that leave nothing',
      'name: a\nassert: { forks: { min: 2, max: 1 } }',
      'a.yaml:2:33: assert.forks.max: found 1, expected at least as much as min, 2',
    ],
  ])('%s', (_, text, expected) => {
    const told = inFile(text);
    expect(told).toHaveLength(1);
    expect(told[0]?.slice(0, expected.length)).toBe(expected);
  });

  test('a shared part of the text is named where it is used', () => {
    const told = inFile('name: a\nphases: &p { chaos: 5 }\nlinks: *p');
    expect(told.map((line) => line.split(': ').slice(0, 2).join(': '))).toEqual([
      'a.yaml:2:21: phases.chaos',
      'a.yaml:3:8: links.chaos',
    ]);
  });

  test('all mistakes are told at once, in their order, unknown keys too', () => {
    const text = `nam: a
pears: 5
phases: { chaos: 60, haos: 5, hael: 5 }
faults:
  - { kind: crash, att: 5s, dwn: 5s }
`;
    expect(inFile(text).map((line) => line.split(': ').slice(0, 2).join(': '))).toEqual([
      'a.yaml:1:1: name',
      'a.yaml:1:1: nam',
      'a.yaml:2:1: pears',
      'a.yaml:3:18: phases.chaos',
      'a.yaml:3:22: phases.haos',
      'a.yaml:3:31: phases.hael',
      'a.yaml:5:20: faults[0].att',
      'a.yaml:5:29: faults[0].dwn',
    ]);
  });
});

describe('a scenario in TypeScript', () => {
  test('is the same as in a file', () => {
    const text = 'name: a\npeers: 4\nfaults: [{ kind: flap, during: 5s to 10s }]\nlinks: { minMs: 5 to 9 }';
    const built = scenario({
      name: 'a',
      peers: 4,
      faults: [{ kind: 'flap', during: '5s to 10s' }],
      links: { minMs: '5 to 9' },
    });
    expect(built).toEqual(parseScenario(text, 'a.yaml'));
  });

  test('is checked as in a file, and mistakes are told with their paths', () => {
    const make = () =>
      scenario({ name: 'a', phases: { chaos: '5' }, faults: [{ kind: 'rot', at: '5s', every: 'x' }] });
    expect(mistakes(make)).toEqual([
      `scenario a: phases.chaos: found "5", ${PERIOD}`,
      `scenario a: faults[0].every: found "x", ${PERIOD}`,
    ]);
    expect(mistakes(() => scenario({ name: 'a', outside: 5 }))).toEqual([
      'scenario a: outside: found 5, expected the number of a device, from 0 to 2',
    ]);
    expect(mistakes(() => scenario(null as never))[0]).toMatch(/^scenario: found nothing/);
  });
});
