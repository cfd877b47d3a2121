import { readdirSync, readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { SmoError } from '../../protocol/fault/index.ts';
import { nearest } from './nearest.ts';
import { parseScenario } from './parse.ts';
import type { Scenario } from './scenario-schema.ts';
import { parseSweep, type Sweep } from './sweep.ts';

/** A scenario that comes with the program. */
export interface ListedScenario {
  readonly name: string;
  readonly about: string;
  /** Path of its file. */
  readonly file: string;
}

const ENDING = '.yaml';

/** All scenarios that come with the program, by name. */
export const listScenarios = (): readonly ListedScenario[] =>
  names().map((name) => {
    const file = libraryFile(name);
    return { name, about: parseScenario(readFileSync(file, 'utf8'), file).about, file };
  });

/** Whether somebody means a file, and not the name of a scenario. */
export const isScenarioPath = (nameOrPath: string): boolean => /[/\\]|\.ya?ml$/.test(nameOrPath);

/**
 * A scenario of the library by its name, or another one by the path of its file.
 *
 * @throws SmoError `scenario_not_found`, or `scenario_invalid` with all mistakes in the file
 */
export const loadScenario = (nameOrPath: string): Scenario => {
  const { text, file } = readScenario(nameOrPath);
  return parseScenario(text, file);
};

/**
 * The same with its sweep, of which a scenario without one has one point.
 *
 * @throws SmoError `scenario_not_found`, or `scenario_invalid` with all mistakes in the file
 */
export const loadSweep = (nameOrPath: string): Sweep => {
  const { text, file } = readScenario(nameOrPath);
  return parseSweep(text, file);
};

const readScenario = (nameOrPath: string): { readonly text: string; readonly file: string } => {
  const isPath = isScenarioPath(nameOrPath);
  if (!isPath && !names().includes(nameOrPath)) {
    const hint = nearest(nameOrPath, names());
    const meant =
      hint === undefined ? `Those that there are: ${names().join(', ')}.` : `Did you mean "${hint}"?`;
    throw new SmoError('scenario_not_found', `There is no scenario named "${nameOrPath}".`, meant);
  }
  const file = isPath ? nameOrPath : libraryFile(nameOrPath);
  try {
    return { text: readFileSync(file, 'utf8'), file };
  } catch (error) {
    const message = `The scenario file ${file} cannot be read: ${(error as Error).message}`;
    throw new SmoError('scenario_not_found', message, 'Give the path of a file, or the name of a scenario.');
  }
};

const names = (): readonly string[] =>
  readdirSync(libraryFolder())
    .filter((file) => file.endsWith(ENDING))
    .map((file) => basename(file, ENDING))
    .toSorted();

const libraryFile = (name: string): string => join(libraryFolder(), name + ENDING);

/** In the package, wherever in it this code lies: it may be compiled, or part of a program in few files. */
const libraryFolder = (): string =>
  join(dirname(findPackageJSON(import.meta.url) ?? ''), 'simulations/scenarios');
