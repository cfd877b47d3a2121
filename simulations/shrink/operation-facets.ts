import type { EventDraft } from '../../protocol/event/index.ts';
import type { Operation } from '../plan/index.ts';
import { type FacetOf, omit } from './facet.ts';
import { withOperations } from './loose-steps.ts';

/** What people do. */
export const operationFacet: FacetOf = (plan) => ({
  size: plan.operations.length,
  without: (from, to) =>
    withOperations(
      plan,
      omit(plan.operations, () => true, from, to),
    ),
});

/** The events that are written together with others; the first one of each write stays. */
export const draftFacet: FacetOf = (plan) => ({
  size: plan.operations.reduce((sum, operation) => sum + spareOf(operation).length, 0),
  without(from, to) {
    let number = -1;
    const isKept = (): boolean => {
      number += 1;
      return number < from || number >= to;
    };
    const operations = plan.operations.map((operation) => {
      const spare = spareOf(operation);
      if (operation.type !== 'write' || spare.length === 0) return operation;
      return { ...operation, drafts: [...operation.drafts.slice(0, 1), ...spare.filter(isKept)] };
    });
    return { ...plan, operations };
  },
});

const spareOf = (operation: Operation): readonly EventDraft[] =>
  operation.type === 'write' ? operation.drafts.slice(1) : [];
