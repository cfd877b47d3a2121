import type { Manifest, RangeClaim, VerifiedRange } from '../../protocol/manifest/index.ts';

/** What verifying a claim came to. */
type Verification = { readonly ok: true; readonly value: VerifiedRange };

interface KnownRange {
  readonly claim: RangeClaim;
  readonly verified: Verification;
}

/** Ranges that were verified, each held against a claim byte for byte. What did not hold is looked at each time. */
export class KnownRanges {
  readonly #known = new WeakMap<Manifest, KnownRange[]>();

  get(claim: RangeClaim): Verification | undefined {
    return this.#known.get(claim.manifest)?.find((known) => isSame(known.claim, claim))?.verified;
  }

  /** Keeps what came of a claim, if it holds; returns it. */
  keep<Verdict extends Verification | { readonly ok: false }>(claim: RangeClaim, verdict: Verdict): Verdict {
    if (!verdict.ok) return verdict;
    const all = this.#known.get(claim.manifest) ?? [];
    this.#known.set(claim.manifest, [...all, { claim, verified: verdict }]);
    return verdict;
  }
}

const isSame = (a: RangeClaim, b: RangeClaim): boolean =>
  a.space === b.space &&
  a.firstSeq === b.firstSeq &&
  a.tail?.manifest === b.tail?.manifest &&
  areEqual(a.tail?.peaks ?? [], b.tail?.peaks ?? []) &&
  areEqual(a.records, b.records);

const areEqual = (a: readonly Uint8Array[], b: readonly Uint8Array[]): boolean =>
  a === b ||
  (a.length === b.length &&
    a.every((bytes, i) => bytes === b[i] || Buffer.compare(bytes, b[i] ?? NONE) === 0));

const NONE = new Uint8Array();
