import type { Plan } from '../plan/index.ts';
import { deviceFacet } from './device-facet.ts';
import type { FacetOf } from './facet.ts';
import { faultFacet } from './fault-facet.ts';
import { figureFacet } from './figure-facet.ts';
import { hangsTogether, linkFacet } from './link-facet.ts';
import { draftFacet, operationFacet } from './operation-facets.ts';
import { timeFacet } from './time-facet.ts';

/** In this order: what goes wrong and what people do first, as devices take what they do with them. */
export const FACETS: readonly FacetOf[] = [
  faultFacet,
  operationFacet,
  deviceFacet,
  draftFacet,
  linkFacet,
  figureFacet,
  timeFacet,
];

export interface ShrinkOptions {
  /** How many plans are tried at most. */
  readonly budget: number;
  /** Ends the search with the smallest plan that was found. */
  readonly signal?: AbortSignal;
  /** Is told after each one how many were tried, and the smallest that fails so far. */
  readonly progress?: (tried: number, smallest: Plan) => void;
}

export interface Shrunk {
  /** Fails as the plan that was given. */
  readonly plan: Plan;
  /** How many plans were tried. */
  readonly tried: number;
  /** Whether it fails no more if any one more part is left out; false where the search ended before that was seen. */
  readonly isMinimal: boolean;
}

/**
 * Leaves out of a plan that fails whatever it can fail without, part by part, until nothing more can be left out.
 *
 * This is delta debugging (A. Zeller, R. Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", 2002), of
 * which complements alone are tried: all parts of a kind are left out at once, then each half, each quarter, and so on.
 *
 * @param fails whether a plan fails in the very way in which the given one does
 */
export const shrinkPlan = async (
  plan: Plan,
  fails: (plan: Plan) => Promise<boolean>,
  options: ShrinkOptions,
): Promise<Shrunk> => {
  const search = new Search(plan, fails, options);
  for (let before: Plan | undefined; before !== search.plan; ) {
    before = search.plan;
    for (const facetOf of FACETS) await search.reduce(facetOf);
  }
  return { plan: search.plan, tried: search.tried, isMinimal: !search.hasGivenUp };
};

/** The smallest plan so far, and what was tried. */
class Search {
  plan: Plan;
  tried = 0;
  /** Whether there was a plan that could have been tried and was not. */
  hasGivenUp = false;
  readonly #fails: (plan: Plan) => Promise<boolean>;
  readonly #options: ShrinkOptions;
  readonly #isConnected: boolean;
  /** Plans smaller than this one that did not fail, as texts. */
  readonly #passed = new Set<string>();

  constructor(plan: Plan, fails: (plan: Plan) => Promise<boolean>, options: ShrinkOptions) {
    this.plan = plan;
    this.#fails = fails;
    this.#options = options;
    this.#isConnected = hangsTogether(plan);
  }

  /** Leaves out parts of one kind: ever smaller pieces, and single ones until none can go. */
  async reduce(facetOf: FacetOf): Promise<void> {
    for (let piece = facetOf(this.plan).size; piece > 0; ) {
      const hasRemoved = await this.#sweep(facetOf, piece);
      if (piece > 1) piece = Math.min(Math.ceil(piece / 2), facetOf(this.plan).size);
      else if (!hasRemoved) return;
    }
  }

  /** Tries once to leave out each piece of so many parts. */
  async #sweep(facetOf: FacetOf, piece: number): Promise<boolean> {
    let hasRemoved = false;
    let facet = facetOf(this.plan);
    for (let from = 0; from < facet.size; ) {
      const smaller = facet.without(from, Math.min(from + piece, facet.size));
      if (smaller !== undefined && (await this.#holds(smaller))) {
        this.plan = smaller;
        facet = facetOf(smaller);
        hasRemoved = true;
      } else from += piece;
    }
    return hasRemoved;
  }

  /** Whether a plan is one that still fails. */
  async #holds(plan: Plan): Promise<boolean> {
    // Devices that cannot reach each other would never be equal, whatever the failure was.
    if (this.#isConnected && !hangsTogether(plan)) return false;
    const text = JSON.stringify(plan);
    if (this.#passed.has(text)) return false;
    const { budget, signal } = this.#options;
    if (this.tried >= budget || signal?.aborted) {
      this.hasGivenUp = true;
      return false;
    }
    this.tried += 1;
    const fails = await this.#fails(plan);
    if (fails) this.#passed.clear();
    else this.#passed.add(text);
    this.#options.progress?.(this.tried, fails ? plan : this.plan);
    return fails;
  }
}
