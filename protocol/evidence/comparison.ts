import type { Crypto } from '../crypto/index.ts';
import { commitmentOf, formatHash, type Manifest } from '../manifest/index.ts';

/**
 * Whether two manifests of one log can be of one history, as far as they tell by themselves.
 *
 * - `same`: they state the same position.
 * - `consistent`: the one is what the other becomes, or directly follows it.
 * - `contradictory`: no history holds both. What evidence still takes is in `needs`.
 * - `undecided`: what is in `needs` decides.
 */
export type Comparison =
  | { readonly relation: 'same' | 'consistent' }
  | { readonly relation: 'contradictory'; readonly needs: 'nothing' | 'leaves' | 'earlier' }
  | { readonly relation: 'undecided'; readonly needs: 'leaves' | 'earlier' };

/**
 * Compares two verified manifests of one log.
 * `leaves`: the leaf hashes of their segment. `earlier`: manifests of segments before, or between, these two.
 * @throws TypeError when they are of different logs
 */
export const compareManifests = (crypto: Crypto, a: Manifest, b: Manifest): Comparison => {
  if (a.origin !== b.origin || a.space !== b.space) throw new TypeError('manifests of different logs');
  if (a.segment !== b.segment)
    return a.segment < b.segment ? compareApart(crypto, a, b) : compareApart(crypto, b, a);
  if (a.prev !== b.prev) return { relation: 'contradictory', needs: 'earlier' };
  if (a.firstSeq !== b.firstSeq) return { relation: 'contradictory', needs: 'nothing' };
  if (a.events === b.events) {
    if (a.root !== b.root) return { relation: 'contradictory', needs: 'leaves' };
    return { relation: a.sealed === b.sealed ? 'same' : 'consistent' };
  }
  const shorter = a.events < b.events ? a : b;
  return { relation: shorter.sealed ? 'contradictory' : 'undecided', needs: 'leaves' };
};

/** An earlier segment against a later one. */
const compareApart = (crypto: Crypto, early: Manifest, late: Manifest): Comparison => {
  // Each segment between them has at least one record; an open one may have grown since.
  const seqMin = early.firstSeq + early.events + (late.segment - early.segment - 1);
  if (late.firstSeq < seqMin) return { relation: 'contradictory', needs: 'earlier' };
  if (late.segment !== early.segment + 1) return { relation: 'undecided', needs: 'earlier' };
  const joins = late.firstSeq === seqMin;
  if (joins && late.prev === formatHash(commitmentOf(crypto, early))) return { relation: 'consistent' };
  // A head that had grown would have moved the start of the later segment.
  return { relation: early.sealed || joins ? 'contradictory' : 'undecided', needs: 'earlier' };
};
