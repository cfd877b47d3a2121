import { isStep, type Operation, type Plan } from '../plan/index.ts';

/**
 * A plan with fewer operations: steps of a history that follow one that is gone go, too. What is left of a history is
 * not what git holds.
 */
export const withOperations = (plan: Plan, operations: readonly Operation[]): Plan => {
  const kept = new Set<number>();
  const steps = operations.filter(isStep).toSorted((a, b) => a.step - b.step);
  for (const { step, after } of steps) if (after.every((other) => kept.has(other))) kept.add(step);
  const left = operations.filter((operation) => !isStep(operation) || kept.has(operation.step));
  const { tree, ...rest } = plan;
  const isWhole = plan.operations.filter(isStep).length === kept.size;
  return { ...rest, ...(tree !== undefined && isWhole && { tree }), operations: left };
};
