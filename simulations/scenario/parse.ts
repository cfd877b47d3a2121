import { checkScenario } from './checks.ts';
import { mistaken } from './mistakes.ts';
import { type Scenario, type ScenarioInput, scenarioSchema } from './scenario-schema.ts';
import { shape } from './shape.ts';
import { readYaml } from './yaml-source.ts';

/**
 * Reads the text of a scenario file.
 *
 * @param file as errors name it
 * @throws SmoError `scenario_invalid`, whose message names every mistake with its line and column
 */
export const parseScenario = (text: string, file: string): Scenario => {
  const source = readYaml(text);
  if (source.mistakes.length > 0)
    throw mistaken('scenario_invalid', file, source.mistakes, source.positionOf);
  const shaped = shape(scenarioSchema, source.value);
  const mistakes = shaped.mistakes ?? checkScenario(shaped.value);
  if (shaped.mistakes !== undefined || mistakes.length > 0)
    throw mistaken('scenario_invalid', file, mistakes, source.positionOf);
  return shaped.value;
};

/**
 * A scenario written in TypeScript: the same keys, defaults and checks as in a file.
 *
 * @throws SmoError `scenario_invalid`, whose message names every mistake with its path
 */
export const scenario = (input: ScenarioInput): Scenario => {
  const source = typeof input?.name === 'string' ? `scenario ${input.name}` : 'scenario';
  const shaped = shape(scenarioSchema, input);
  const mistakes = shaped.mistakes ?? checkScenario(shaped.value);
  if (shaped.mistakes !== undefined || mistakes.length > 0)
    throw mistaken('scenario_invalid', source, mistakes);
  return shaped.value;
};
