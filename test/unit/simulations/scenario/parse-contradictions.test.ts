import { describe, test } from 'vitest';
import { expectMistakeInFile } from '../../../support/told-mistakes.ts';

describe('what does not fit together in a scenario file is told with its line and column:', () => {
  test.each<readonly [string, string, string]>([
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
      'bounds that leave nothing',
      'name: a\nassert: { forks: { min: 2, max: 1 } }',
      'a.yaml:2:33: assert.forks.max: found 1, expected at least as much as min, 2',
    ],
  ])('%s', (_, text, expected) => expectMistakeInFile(text, expected));
});
