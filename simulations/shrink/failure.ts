import type { Outcome } from '../run/index.ts';

/** Numbers and ids, which are others in a smaller run. */
const NAMES = /[A-Za-z0-9]{20,}|\d+/g;

/**
 * How a run failed, as a word by which smaller runs are compared with it: the invariant that was broken first. What is
 * no invariant of each moment (`L1`, `expected`, `error`) can have many causes, and is told apart by its message as
 * well. Undefined for a run that did not fail.
 */
export const failureOf = ({ violations }: Pick<Outcome, 'violations'>): string | undefined => {
  const [first] = violations;
  if (first === undefined) return undefined;
  const { invariant, message } = first;
  switch (invariant) {
    case 'L1':
    case 'expected':
      return `${invariant}: ${message.replace(NAMES, '#')}`;
    case 'error': {
      // Where it was thrown stands behind what was thrown, and is the same line of the same file.
      const at = message.lastIndexOf(' at ');
      const [what, where] = at < 0 ? [message, ''] : [message.slice(0, at), message.slice(at)];
      return `${invariant}: ${what.replace(NAMES, '#')}${where}`;
    }
    default:
      return invariant;
  }
};
