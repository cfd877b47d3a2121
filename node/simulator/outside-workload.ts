import { dirname, resolve } from 'node:path';
import { SmoError } from '../../protocol/fault/index.ts';
import {
  type GivenWorkload,
  isScenarioPath,
  loadScenario,
  type OutsideWorkload,
  type Scenario,
  withWorkload,
} from '../../simulations/index.ts';
import { readGitHistory } from '../git/index.ts';
import { readEventFile } from './event-file.ts';

const FORMS = '"git:PATH" or "jsonl:FILE"';

/** A scenario, and what was read for its workload if that is not made up. */
export interface ReadScenario {
  readonly scenario: Scenario;
  readonly given?: GivenWorkload;
}

/**
 * Loads a scenario and what its workload says, or the one that was asked for in its place.
 * @param asked `git:PATH` or `jsonl:FILE`, from the working folder on; what a scenario names starts at its own folder
 * @throws SmoError when something of it is wrong, or cannot be read
 */
export const readScenario = async (nameOrPath: string, asked: string | undefined): Promise<ReadScenario> => {
  const loaded = loadScenario(nameOrPath);
  const scenario = asked === undefined ? loaded : withWorkload(loaded, parseWorkload(asked));
  const given = await readGiven(scenario, asked === undefined ? folderOf(nameOrPath) : process.cwd());
  return { scenario, ...(given !== undefined && { given }) };
};

/** Where what a scenario names begins. */
export const folderOf = (nameOrPath: string): string =>
  isScenarioPath(nameOrPath) ? dirname(resolve(nameOrPath)) : process.cwd();

/**
 * Reads what the workload of a scenario names; undefined for one that is made up.
 * @throws SmoError when it cannot be read
 */
export const readGiven = async (
  { workload }: Scenario,
  folder: string,
): Promise<GivenWorkload | undefined> =>
  workload.kind === 'synthetic' ? undefined : readWorkload(workload, folder);

const readWorkload = async (workload: OutsideWorkload, folder: string): Promise<GivenWorkload> =>
  workload.kind === 'git'
    ? { kind: 'git', history: await readGitHistory(resolve(folder, workload.path)) }
    : await readEventFile(resolve(folder, workload.file));

/**
 * Reads `git:PATH` or `jsonl:FILE`, from the working folder on.
 * @throws SmoError `bad_workload`
 */
const parseWorkload = (asked: string): OutsideWorkload => {
  const colon = asked.indexOf(':');
  const [kind, place] = [asked.slice(0, Math.max(colon, 0)), asked.slice(colon + 1)];
  if (place !== '' && kind === 'git') return { kind, path: place, writers: 'all', turn: { from: 1, to: 20 } };
  if (place !== '' && kind === 'jsonl') return { kind, file: place, writers: 'all', times: 'given' };
  throw new SmoError(
    'bad_workload',
    `found "${asked}" as a workload, expected ${FORMS}`,
    'Name a folder of a git repository, or a file of events with one a line.',
  );
};
