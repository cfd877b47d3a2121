import { shellWord } from '../format.ts';
import type { SimParams } from '../simulator.ts';

/**
 * How a run that failed can be had again, and made smaller.
 * @param again words that ask for the same scenario
 */
export const againText = (seed: string, folder: string | undefined, again: readonly string[]): string => {
  const run = `smo sim run ${[...again, '--seed', seed].map(shellWord).join(' ')}`;
  if (folder === undefined)
    return `  again:    ${run}\n  smaller:  ${run} --out failed; smo sim shrink failed`;
  const word = shellWord(folder);
  return `  again:    smo sim replay ${word}\n  smaller:  smo sim shrink ${word}`;
};

/** Values of the parameters of a sweep, to stand behind a line. */
export const valuesText = (params: SimParams): string => {
  const values = Object.entries(params).map(([name, value]) => `${name} = ${value}`);
  return values.length === 0 ? '' : `\n  with ${values.join(', ')}`;
};
