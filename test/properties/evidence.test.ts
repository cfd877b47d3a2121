import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  buildEvidence,
  compareManifests,
  decodeEvidence,
  EVIDENCE_BYTES_MAX,
  type Evidence,
  encodeEvidence,
  type KnownHistory,
  verifyEvidence,
} from '../../protocol/evidence/index.ts';
import { leafPath } from '../../protocol/segment/index.ts';
import { fastCrypto as crypto } from '../support/fast-crypto.ts';
import { forkedRecords, type SignedSegment, signSegment } from '../support/forked-log.ts';
import { numberedRecords, TEST_SPACE, testLog } from '../support/test-log.ts';

const LOG = testLog();

interface Pair {
  readonly one: SignedSegment;
  readonly two: SignedSegment;
  /** Records in common, from the start of the segment. */
  readonly common: number;
}

/** Two histories of one segment, after a random one before it; seldom as long as a segment can be. */
const pairs = (eventsMax = 40): fc.Arbitrary<Pair> => {
  const events = fc.integer({ min: 1, max: eventsMax });
  return fc
    .record({
      before: fc.nat(3),
      first: events,
      second: events,
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    })
    .chain(({ before, first, second, share }) =>
      fc.record({
        before: fc.constant(before),
        first: fc.constant(first),
        second: fc.constant(second),
        common: fc.constant(Math.round(share * Math.min(first, second))),
        sealed: fc.tuple(fc.boolean(), fc.boolean()),
      }),
    )
    .map(({ before, first, second, common, sealed }) => {
      const tail =
        before === 0 ? undefined : signSegment(LOG, undefined, numberedRecords(1, before), { sealed: true });
      const [ones, twos] = forkedRecords(common, first, second);
      return {
        one: signSegment(LOG, tail, ones, { sealed: sealed[0] }),
        two: signSegment(LOG, tail, twos, { sealed: sealed[1] }),
        common,
      };
    });
};

/** Whether one history can hold both, by the definition. */
const isOneHistory = ({ one, two, common }: Pair): boolean => {
  const [short, long] = one.leaves.length < two.leaves.length ? [one, two] : [two, one];
  if (common < short.leaves.length) return false;
  return short.leaves.length === long.leaves.length || !short.manifest.sealed;
};

const evidenceOf = (a: KnownHistory, b: KnownHistory): Evidence | undefined => {
  const built = buildEvidence(crypto, TEST_SPACE, a, b);
  return built.ok ? built.value : undefined;
};

const forkSeq = (bytes: Uint8Array): number | undefined => {
  const evidence = decodeEvidence(bytes);
  const fork = evidence.ok ? verifyEvidence(crypto, TEST_SPACE, evidence.value) : evidence;
  return fork.ok ? fork.value.seq : undefined;
};

test('two histories give evidence exactly if they part, and it names the very seq', () => {
  fc.assert(
    fc.property(
      fc.oneof({ weight: 9, arbitrary: pairs() }, { weight: 1, arbitrary: pairs(1024) }),
      (pair) => {
        const { one, two, common } = pair;
        const evidence = evidenceOf(one, two);
        if (isOneHistory(pair)) expect(evidence).toBeUndefined();
        else {
          const bytes = encodeEvidence(evidence as Evidence);
          expect(bytes.length).toBeLessThan(EVIDENCE_BYTES_MAX / 2);
          expect(forkSeq(bytes)).toBe(one.manifest.firstSeq + common);
          expect(evidenceOf(two, one)).toEqual(evidence);
        }
      },
    ),
    { numRuns: 150 },
  );
});

test('the path of the leaf where they part is enough of one history', () => {
  fc.assert(
    fc.property(pairs(), (pair) => {
      fc.pre(!isOneHistory(pair));
      const { one, two, common } = pair;
      const path = common < two.leaves.length ? { path: leafPath(crypto, two.leaves, common) } : {};
      expect(evidenceOf(one, { manifest: two.manifest, ...path })).toEqual(evidenceOf(one, two));
    }),
  );
});

test('manifests alone never say that one history holds two, nor that it does not when it does', () => {
  fc.assert(
    fc.property(pairs(), (pair) => {
      const { relation } = compareManifests(crypto, pair.one.manifest, pair.two.manifest);
      if (isOneHistory(pair)) expect(relation).not.toBe('contradictory');
      else expect(['contradictory', 'undecided']).toContain(relation);
      expect(compareManifests(crypto, pair.two.manifest, pair.one.manifest).relation).toBe(relation);
    }),
  );
});

test('whatever is changed in evidence, it never proves another fork', () => {
  fc.assert(
    fc.property(pairs(), fc.nat(), fc.integer({ min: 1, max: 255 }), (pair, at, flip) => {
      const evidence = evidenceOf(pair.one, pair.two);
      fc.pre(evidence !== undefined);
      const bytes = encodeEvidence(evidence as Evidence);
      const changed = bytes.map((byte, i) => (i === at % bytes.length ? byte ^ flip : byte));
      expect(forkSeq(changed)).toBeUndefined();
    }),
    { numRuns: 200 },
  );
});

test('parts of several proofs, put together, never prove another fork', () => {
  const places = fc.array(fc.nat(1024), { minLength: 4, maxLength: 4 });
  fc.assert(
    fc.property(pairs(), places, fc.boolean(), (pair, [a = 0, b = 0, c = 0, d = 0], keepsEnd) => {
      const { one, two, common } = pair;
      const branch = ({ leaves }: SignedSegment, index: number) =>
        keepsEnd && index >= leaves.length ? undefined : leafPath(crypto, leaves, index % leaves.length);
      const built = evidenceOf(one, two);
      const isInOrder = built?.first === one.manifest;
      const sides = isInOrder ? [one, two] : [two, one];
      const [first, second] = sides as [SignedSegment, SignedSegment];
      const claim: Evidence = {
        origin: LOG.origin,
        first: first.manifest,
        second: second.manifest,
        proof: {
          index: d % 41,
          peaks: leafPath(crypto, first.leaves, c % first.leaves.length).peaks,
          first: branch(first, a % 41),
          second: branch(second, b % 41),
        },
      };
      const fork = verifyEvidence(crypto, TEST_SPACE, claim);
      if (fork.ok) {
        expect(isOneHistory(pair)).toBe(false);
        expect(fork.value).toEqual({ origin: LOG.origin, seq: one.manifest.firstSeq + common });
      }
    }),
    { numRuns: 300 },
  );
});

test('any bytes get a verdict', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array(),
        fc.json().map((text) => Buffer.from(text)),
      ),
      (bytes) => {
        expect(decodeEvidence(bytes).ok).toBe(false);
      },
    ),
  );
});
