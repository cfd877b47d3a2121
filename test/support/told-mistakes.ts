import { expect } from 'vitest';
import { SmoError } from '../../protocol/fault/index.ts';
import { parseScenario } from '../../simulations/scenario/index.ts';

/** What people are told that something refuses for its mistakes: a line for each of them. */
export const mistakesOf = (make: () => unknown, code: string): readonly string[] => {
  try {
    make();
  } catch (error) {
    if (!(error instanceof SmoError)) throw error;
    expect(error.code).toBe(code);
    expect(error.hint).not.toBe('');
    return error.message.split('; ');
  }
  throw new Error('it was not refused');
};

/** What people are told of a scenario file, "a.yaml". */
export const mistakesInFile = (text: string): readonly string[] =>
  mistakesOf(() => parseScenario(text, 'a.yaml'), 'scenario_invalid');

/** Expects that people are told of one mistake in a scenario file, in a line that begins like this. */
export const expectMistakeInFile = (text: string, expected: string): void => {
  const told = mistakesInFile(text);
  expect(told).toHaveLength(1);
  expect(told[0]?.slice(0, expected.length)).toBe(expected);
};
