import { join } from 'node:path';

/** A mistake that somebody could make in the engine: one place of its source, and what stands there instead. */
export interface PlantedBug {
  /** In kebab-case, as a person names it. */
  readonly name: string;
  /** What is wrong with the engine then, in a sentence. */
  readonly about: string;
  /** The source file, from the root of the repository. */
  readonly file: string;
  /** Text that stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  /** Scenarios that are likely to show it, the likeliest first: of the library, or files of `scenarios/` beside this. */
  readonly scenarios: readonly [string, ...string[]];
}

/** How the simulator is asked for a scenario of a bug. */
export const scenarioPath = (name: string): string =>
  name.endsWith('.yaml') ? join(import.meta.dirname, 'scenarios', name) : name;

/**
 * The text of a source file with a bug in it.
 * @throws RangeError when the place is not there exactly once: the source has moved on, and the bug must follow
 */
export const planted = ({ name, file, find, replace }: PlantedBug, source: string): string => {
  const places = source.split(find).length - 1;
  if (places !== 1)
    throw new RangeError(`the bug ${name} needs one place in ${file}, and there are ${places}`);
  return source.replace(find, () => replace);
};
