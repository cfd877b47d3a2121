import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { Plan } from '../../../../simulations/plan/index.ts';
import { decodePlan, encodePlan, expandScenario, scenario } from '../../../../simulations/scenario/index.ts';
import { mistakesOf } from '../../../support/told-mistakes.ts';

const ALL = scenario({
  name: 'all',
  about: 'Text with: a colon, "quotes" and\nlines',
  peers: 4,
  outside: 3,
  founding: 'before',
  ties: { pct: 3, window: '20ms' },
  workload: { events: 30, seals: 3, resolutions: 3, batch: '1 to 3' },
  faults: [
    { kind: 'partition', during: '5s to 9s' },
    { kind: 'clog', every: '20s', for: '5s' },
    { kind: 'reset' },
    { kind: 'scramble', pick: 2, during: '5s to 9s' },
    { kind: 'crash', times: 2 },
    { kind: 'wipe' },
    { kind: 'restore' },
    { kind: 'rot' },
    { kind: 'clock', step: '-1h' },
    { kind: 'revoke' },
    { kind: 'role', role: 'replica' },
  ],
  sometimes: ['restart', 'conflict-opened'],
  assert: { forks: { max: 0 }, openConflicts: { min: 1, max: 5 } },
});

const plan = (seed = 1n): Plan => expandScenario(ALL, { seed });

/** The lines of the error with which a text is refused. */
const refusal = (text: string): readonly string[] =>
  mistakesOf(() => decodePlan(text, 'p.yaml'), 'plan_invalid');

/** A text in which one line stands in the place of another, and the number of that. */
const changed = (line: RegExp, to: (found: string) => string): readonly [string, number] => {
  const lines = encodePlan(plan()).split('\n');
  const at = lines.findIndex((one) => line.test(one));
  expect(at).toBeGreaterThan(0);
  lines[at] = to(lines[at] ?? '');
  return [lines.join('\n'), at + 1];
};

describe('a plan as a text', () => {
  test('reads back as it was', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (seed) => {
        const text = encodePlan(plan(seed));
        expect(decodePlan(text, 'p.yaml')).toEqual(plan(seed));
        expect(encodePlan(decodePlan(text, 'p.yaml'))).toBe(text);
      }),
      { numRuns: 20 },
    );
    const bare = expandScenario(scenario({ name: 'bare', workload: { events: 0 } }), { seed: 0n });
    expect(decodePlan(encodePlan(bare), 'p.yaml')).toEqual(bare);
    expect(encodePlan(bare)).toContain('operations: []\nfaults: []\n');
  });

  test('has one item of a list a line', () => {
    const lines = encodePlan(plan()).split('\n');
    const { devices, links, operations, faults } = plan();
    const items = [devices, links, operations, faults].flat();
    expect(lines.filter((line) => line.startsWith('  - {'))).toHaveLength(items.length);
  });

  test('can be of any other form of YAML', () => {
    expect(decodePlan(stringify(plan()), 'p.yaml')).toEqual(plan());
    expect(decodePlan(JSON.stringify(plan()), 'p.yaml')).toEqual(plan());
    const mixed = encodePlan(plan()).replace(/^ {2}- \{"atUs":(\d+),"type":"reset",.*$/m, (line) => {
      const { atUs, type, a, b } = JSON.parse(line.slice(4)) as Record<string, number | string>;
      return `  # A comment.\n  - atUs: ${atUs}\n    type: ${type}\n    a: ${a}\n    b: ${b}`;
    });
    expect(mixed).toContain('type: reset');
    expect(decodePlan(mixed, 'p.yaml')).toEqual(plan());
    // The last item of all, so that what stands before is the core once the lists are taken out.
    const { expected: _, ...rest } = plan();
    const last = rest.faults.at(-1);
    const ending = encodePlan(rest).replace(
      `  - ${JSON.stringify(last)}\n`,
      `  -\n    ${JSON.stringify(last)}\n`,
    );
    expect(ending).not.toBe(encodePlan(rest));
    expect(decodePlan(ending, 'p.yaml')).toEqual(rest);
    expect(decodePlan(encodePlan(plan()).replaceAll('\n', '\r\n'), 'p.yaml')).toEqual(plan());
  });

  test('keeps texts that YAML takes for ends of lines, or for something else than texts', () => {
    const payload = { a: '\u2028\u2029\u0085\ufeff\u007f', b: 'yes', c: '# {}', d: '\ud83d\ude00', é: null };
    const drafts = [{ type: 'a/B', entityId: '- x: "y"', payload }];
    const one: Plan = { ...plan(), operations: [{ atUs: 5, device: 0, type: 'write', drafts }] };
    expect(decodePlan(encodePlan(one), 'p.yaml')).toEqual(one);
    // By all of YAML too.
    expect(decodePlan(`# A comment.\n${encodePlan(one)}\n# Another.\n`, 'p.yaml')).toEqual(one);
    const slowly = encodePlan(one).replace('operations:\n', 'operations:\n  # A comment.\n');
    expect(decodePlan(slowly, 'p.yaml')).toEqual(one);
  });

  test.each<readonly [string, RegExp, (line: string) => string, string]>([
    ['an unknown key', /^seed/, (line) => `${line}\nsead: 5`, 'there is no such key (did you mean "seed"?)'],
    ['a seed that is a number', /^seed/, () => 'seed: 5', 'found 5, expected a seed of 64 bits'],
    ['a seed of 65 bits', /^seed/, () => 'seed: "18446744073709551616"', 'expected a seed of 64 bits'],
    ['an unknown goal', /- restart/, () => '  - resart', 'expected one of write-while-parted'],
    [
      'phases that go back',
      /chaosUs/,
      () => '  chaosUs: 5',
      'found 5, expected a time from the end of the phase',
    ],
    [
      'no time',
      /"reset"/,
      (line) => line.replace(/"atUs":\d+/, '"atUs":-1'),
      'found -1, expected a whole number',
    ],
    ['an unknown type', /"reset"/, (line) => line.replace('reset', 'rest'), 'expected an object with a type'],
    [
      'a device that there is not',
      /"rot"/,
      (line) => line.replace(/"device":\d/, '"device":4'),
      'found 4, expected the number of a device, up to 3',
    ],
    [
      'a core that there is not',
      /^core:/,
      (line) => `${line}\n  - 9`,
      'found 9, expected the number of a device, up to 3',
    ],
    [
      'an order that is none',
      /"reset"/,
      (line) => line.replace(/"atUs":\d+/, '"atUs":0'),
      'found 0, expected a time from that of the one before on',
    ],
    [
      'a role that is none',
      /"role":"replica"/,
      (line) => line.replace('replica', 'guest'),
      'found "guest", expected one of admin, writer, reader, replica',
    ],
    [
      'an event that no device would write',
      /"write"/,
      (line) => line.replace(/"drafts":\[.*\]/, '"drafts":[{"type":"none","entityId":"a","payload":{}}]'),
      'found an event that is none: type is not of the form namespace/Name',
    ],
    ['no YAML', /"rot"/, (line) => `${line} }`, 'this is no YAML'],
  ])('with %s is refused, with the line of it', (_, line, to, expected) => {
    const [text, number] = changed(line, to);
    const [told = ''] = refusal(text);
    expect(told).toContain(expected);
    const [, at = ''] = /^p\.yaml:(\d+):\d+: /.exec(told) ?? [];
    expect([number, number + 1]).toContain(Number(at));
  });

  test('without something is refused', () => {
    expect(refusal('name: a')).toHaveLength(8);
    expect(refusal('')).toEqual(['p.yaml:1:1: found nothing (null), expected an object, as "key: value"']);
  });
});
