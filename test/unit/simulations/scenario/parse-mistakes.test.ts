import { describe, expect, test } from 'vitest';
import { expectMistakeInFile, mistakesInFile } from '../../../support/told-mistakes.ts';

const DURATION = 'expected a duration such as 500ms, 30s, 10m or 2h';
const PERIOD = 'expected a duration from 1ms on, such as 500ms, 30s, 10m or 2h';
const DEVICES =
  'expected the number of a device, all, founder, others, the name of a group, or a list of these';
const KINDS =
  'partition, isolate, one-way, clog, flap, reset, scramble, crash, churn, restore, wipe, rot, clock, revoke, role, disk, clone, deceive, fork, usurp, codec';

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
      'a.yaml:2:8: peers: found "many", expected a whole number from 1 to 10000',
    ],
    ['no device', 'name: a\npeers: 0', 'a.yaml:2:8: peers: found 0, expected a whole number from 1 to 10000'],
    [
      'one device too many',
      'name: a\npeers: 10001',
      'a.yaml:2:8: peers: found 10001, expected a whole number',
    ],
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
    [
      'a founding that is none',
      'name: a\nfounding: later',
      'a.yaml:2:11: founding: found "later", expected live or before',
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
  ])('%s', (_, text, expected) => expectMistakeInFile(text, expected));

  test('a shared part of the text is named where it is used', () => {
    const told = mistakesInFile('name: a\nphases: &p { chaos: 5 }\nlinks: *p');
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
    expect(mistakesInFile(text).map((line) => line.split(': ').slice(0, 2).join(': '))).toEqual([
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
