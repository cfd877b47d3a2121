import type { SimDevice } from '../device/index.ts';
import type { Bounds, Expected } from '../plan/index.ts';

/** What a plan expects to be found in the end and is not, a sentence each. */
export const unexpected = (expected: Expected, { engine }: SimDevice): readonly string[] => {
  const { openConflicts, closedConflicts, excluded } = engine.replica.counts;
  return [
    ...outside('open conflicts', openConflicts, expected.openConflicts),
    ...outside('closed conflicts', closedConflicts, expected.closedConflicts),
    ...outside('excluded events', excluded, expected.excludedEvents),
    ...outside('forked logs', [...engine.forks()].length, expected.forks),
  ];
};

const outside = (what: string, count: number, { min = 0, max }: Bounds = {}): readonly string[] => {
  if (count >= min && count <= (max ?? count)) return [];
  const range = max === undefined ? `at least ${min}` : `${min} to ${max}`;
  return [`there are ${count} ${what}, and ${range} were expected`];
};
