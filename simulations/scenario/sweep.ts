import { checkScenario } from './checks.ts';
import { type Mistake, mistaken, type Path, shown } from './mistakes.ts';
import { parseScenario } from './parse.ts';
import { type Scenario, scenarioSchema } from './scenario-schema.ts';
import { shape } from './shape.ts';
import { parsePath, replacedAt } from './sweep-path.ts';
import { readYaml } from './yaml-source.ts';

/** A value of a parameter, as tables show it. */
export type SweepValue = string | number;

/** What is varied: what stands at a path of a scenario. */
export interface SweepParameter {
  /** The path, as it is written. */
  readonly name: string;
  readonly values: readonly SweepValue[];
}

/** One combination of values, and the scenario that it makes. */
export interface SweepPoint {
  readonly params: Readonly<Record<string, SweepValue>>;
  readonly scenario: Scenario;
}

/** A scenario with several values in some places, each with each. */
export interface Sweep {
  readonly name: string;
  readonly parameters: readonly SweepParameter[];
  /** The values of the last parameter change first. Without parameters there is one point. */
  readonly points: readonly SweepPoint[];
  readonly seeds: number;
  /** What is run and what is varied, as a text: equal for sweeps that differ in values and in the number of seeds alone. */
  readonly definition: string;
}

/** Seeds that an interval of the median needs. */
const SEEDS_BY_DEFAULT = 10;

const POINTS_MAX = 10_000;

/** What says nothing of what happens. */
const FIXED = ['name', 'about', 'sweep', 'seeds'];

/** One parameter set to one of its values. */
interface Setting {
  readonly name: string;
  readonly path: Path;
  readonly value: string | number | boolean;
  /** Which of the values. */
  readonly number: number;
}

/**
 * Reads the text of a scenario file with its sweep.
 *
 * @param file as errors name it
 * @throws SmoError `scenario_invalid`, whose message names every mistake with its line and column, also those that only
 *   come with some of the values
 */
export const parseSweep = (text: string, file: string): Sweep => {
  const { name, sweep = {}, seeds = SEEDS_BY_DEFAULT } = parseScenario(text, file);
  const { value, positionOf } = readYaml(text);
  const fail = (mistakes: readonly Mistake[]): never => {
    throw mistaken('scenario_invalid', file, mistakes, positionOf);
  };
  const { sweep: _, seeds: __, ...base } = value as Readonly<Record<string, unknown>>;
  const names = Object.keys(sweep);
  const misplaced = names.flatMap(mistakesInPath);
  if (misplaced.length > 0) fail(misplaced);
  const settings = names.map((each) => settingsOf(each, sweep[each] ?? []));
  const count = settings.reduce((product, { length }) => product * length, 1);
  if (count > POINTS_MAX) {
    const message = `found ${count} combinations of values, expected at most ${POINTS_MAX}`;
    fail([{ path: ['sweep'], message }]);
  }
  const made = combined(settings).map((chosen) => ({ chosen, ...pointOf(base, chosen) }));
  const wrong = made.filter(({ scenario }) => scenario === undefined);
  // A value that is wrong is so in many points, and told once; what fits with others alone is told of one point.
  if (wrong.length > 0) {
    const inValues = wrong.flatMap(({ mistakes }) => mistakes.filter(({ path }) => path[0] === 'sweep'));
    fail(inValues.length > 0 ? inValues : (wrong[0]?.mistakes ?? []));
  }
  const points = made.flatMap(({ chosen, scenario }) => {
    const params = Object.fromEntries(chosen.map((each) => [each.name, tabled(each.value)]));
    return scenario === undefined ? [] : [{ params, scenario }];
  });
  return {
    name,
    parameters: names.map((each) => ({ name: each, values: (sweep[each] ?? []).map(tabled) })),
    points,
    seeds,
    definition: JSON.stringify({ ...base, sweep: names }),
  };
};

const tabled = (value: Setting['value']): SweepValue => (typeof value === 'boolean' ? `${value}` : value);

const mistakesInPath = (name: string): readonly Mistake[] => {
  const path = parsePath(name);
  const places = Object.keys(scenarioSchema.entries).filter((key) => !FIXED.includes(key));
  if (path !== undefined && places.includes(`${path[0]}`)) return [];
  const example = 'such as peers, links.lossPermille or faults[0].during';
  const message = `found the path ${shown(name)}, expected one ${example}, which begins with one of ${places.join(', ')}`;
  return [{ path: ['sweep', name], isKey: true, message }];
};

const settingsOf = (name: string, values: readonly Setting['value'][]): readonly Setting[] =>
  values.map((value, number) => ({ name, path: parsePath(name) ?? [], value, number }));

/** Each with each. */
const combined = (settings: readonly (readonly Setting[])[]): readonly (readonly Setting[])[] =>
  settings.reduce<readonly (readonly Setting[])[]>(
    (chosen, next) => chosen.flatMap((some) => next.map((one) => [...some, one])),
    [[]],
  );

/** The scenario that some values make, or what is wrong with it. */
const pointOf = (
  base: unknown,
  settings: readonly Setting[],
): { readonly scenario?: Scenario; readonly mistakes: readonly Mistake[] } => {
  let value = base;
  for (const { name, path, value: by, number } of settings) {
    const replaced = replacedAt(value, path, by);
    if ('message' in replaced)
      return { mistakes: [{ path: ['sweep', name, number], message: replaced.message }] };
    value = replaced.value;
  }
  const shaped = shape(scenarioSchema, value);
  const mistakes = shaped.mistakes ?? checkScenario(shaped.value);
  if (shaped.mistakes !== undefined || mistakes.length > 0)
    return { mistakes: mistakes.map((mistake) => inSweep(mistake, settings)) };
  return { scenario: shaped.value, mistakes: [] };
};

/** A mistake where it was made: in a value of the sweep, or where it stands if that is wrong only with these values. */
const inSweep = (mistake: Mistake, settings: readonly Setting[]): Mistake => {
  const { path, isKey = false, message } = mistake;
  const own = settings.find((setting) => setting.path.every((step, i) => step === path[i]));
  if (own !== undefined) return { path: ['sweep', own.name, ...(isKey ? [] : [own.number])], isKey, message };
  const values = settings.map(({ name, value }) => `${name} = ${value}`).join(', ');
  return { ...mistake, message: `${message} (with ${values})` };
};
