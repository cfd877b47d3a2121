import type { Plan } from '../plan/index.ts';

/** The parts of one kind that a plan has and could do without, in order. */
export interface Facet {
  readonly size: number;
  /** The plan without these parts, from one number up to another, that left out; undefined where that is no plan. */
  without(from: number, to: number): Plan | undefined;
}

/** A plan with fewer parts has a smaller facet, whose parts stand in the same order. */
export type FacetOf = (plan: Plan) => Facet;

/** Without the items of a list that some numbers choose from others, which alone are numbered. */
export const omit = <Item>(
  items: readonly Item[],
  isPart: (item: Item) => boolean,
  from: number,
  to: number,
): readonly Item[] => {
  let number = -1;
  return items.filter((item) => {
    if (!isPart(item)) return true;
    number += 1;
    return number < from || number >= to;
  });
};
