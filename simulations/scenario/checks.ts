import { checkFaults } from './fault-checks.ts';
import { type Mistake, type Path, shown } from './mistakes.ts';
import { nearest } from './nearest.ts';
import type { Devices } from './parts.ts';
import { checkRegions } from './regions.ts';
import type { Scenario } from './scenario-schema.ts';

/** Words that name devices without there being a group of that name. */
const DEVICE_WORDS = ['all', 'founder', 'others'] as const;

/** How many devices there are when a scenario says nothing of it. */
const PEERS_BY_DEFAULT = 3;

export const peersOf = ({ peers, groups }: Scenario): number =>
  groups === undefined ? (peers ?? PEERS_BY_DEFAULT) : groups.reduce((sum, { count }) => sum + count, 0);

/** What the shape of a scenario does not tell: whether its parts fit together. */
export const checkScenario = (scenario: Scenario): readonly Mistake[] => [
  ...checkGroups(scenario),
  ...checkSelections(scenario),
  ...checkRegions(scenario),
  ...checkWorkload(scenario),
  ...checkFaults(scenario),
  ...checkBounds(scenario),
];

const checkGroups = ({ peers, groups }: Scenario): readonly Mistake[] => {
  const mistakes: Mistake[] = [];
  if (peers !== undefined && groups !== undefined)
    mistakes.push({ path: ['peers'], isKey: true, message: 'there are "groups" too, expected one of both' });
  const names = new Set<string>(DEVICE_WORDS);
  for (const [i, { name }] of (groups ?? []).entries()) {
    if (names.has(name))
      mistakes.push({
        path: ['groups', i, 'name'],
        message: `found ${shown(name)}, expected a name that is not taken`,
      });
    names.add(name);
  }
  return mistakes;
};

/** Everything that names devices must name some that there are. */
const checkSelections = (scenario: Scenario): readonly Mistake[] => {
  const { groups, links, workload, faults, outside } = scenario;
  const selections: [Path, Devices | undefined][] = [
    [['outside'], outside as Devices | undefined],
    ...(groups ?? []).map(({ cloneOf }, i): [Path, Devices | undefined] => [
      ['groups', i, 'cloneOf'],
      cloneOf as Devices | undefined,
    ]),
    [['workload', 'writers'], workload.writers as Devices],
  ];
  const add = (path: Path, holder: object, keys: readonly string[]): void => {
    for (const key of keys) {
      const value = (holder as Readonly<Record<string, Devices | undefined>>)[key];
      selections.push([[...path, key], value]);
    }
  };
  for (const [i, pair] of links.pairs.entries()) add(['links', 'pairs', i], pair, ['from', 'to']);
  for (const [i, operation] of fixedOperations(scenario).entries())
    add(['workload', 'operations', i], operation, ['devices']);
  for (const [i, fault] of faults.entries()) {
    add(['faults', i], fault, ['devices', 'from', 'to', 'by', 'target']);
    if (fault.kind !== 'partition') continue;
    for (const [j, part] of (fault.groups ?? []).entries())
      selections.push([['faults', i, 'groups', j], part as Devices]);
  }
  return selections.flatMap(([path, devices]) => checkDevices(scenario, path, devices));
};

const checkDevices = (scenario: Scenario, path: Path, devices: Devices | undefined): readonly Mistake[] => {
  if (Array.isArray(devices)) return devices.flatMap((one, i) => checkDevices(scenario, [...path, i], one));
  const count = peersOf(scenario);
  if (typeof devices === 'number') {
    const message = `found ${devices}, expected the number of a device, from 0 to ${count - 1}`;
    return devices < count ? [] : [{ path, message }];
  }
  const known = [...DEVICE_WORDS, ...(scenario.groups ?? []).map(({ name }) => name)];
  if (devices === undefined || known.includes(devices as string)) return [];
  const hint = nearest(devices as string, known);
  const expected = `the number of a device, or one of ${known.join(', ')}`;
  const end = hint === undefined ? '' : ` (did you mean "${hint}"?)`;
  return [{ path, message: `found ${shown(devices)}, expected ${expected}${end}` }];
};

/** What people do at fixed times. */
const fixedOperations = ({ workload }: Scenario) =>
  workload.kind === 'synthetic' ? workload.operations : [];

const checkWorkload = (scenario: Scenario): readonly Mistake[] => {
  const { workload, phases } = scenario;
  const mistakes: Mistake[] = [];
  if (workload.kind === 'synthetic' && workload.events !== undefined && workload.perMinute !== undefined) {
    const message = 'there is a number of "events" too, expected one of both';
    mistakes.push({ path: ['workload', 'perMinute'], isKey: true, message });
  }
  for (const [i, { at }] of fixedOperations(scenario).entries()) {
    if (at < phases.chaos) continue;
    mistakes.push({
      path: ['workload', 'operations', i, 'at'],
      message: 'found a time after the chaos, expected one before its end (phases.chaos)',
    });
  }
  return mistakes;
};

const checkBounds = ({ assert: { lastWord: _, ...counts } }: Scenario): readonly Mistake[] =>
  Object.entries(counts).flatMap(([name, bounds]) => {
    const { min = 0, max = Number.MAX_SAFE_INTEGER } = bounds ?? {};
    const message = `found ${max}, expected at least as much as min, ${min}`;
    return min <= max ? [] : [{ path: ['assert', name, 'max'], message }];
  });
