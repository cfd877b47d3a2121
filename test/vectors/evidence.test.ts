import { expect, test } from 'vitest';
import {
  decodeEvidence,
  type EvidenceFault,
  encodeEvidence,
  type Fork,
  verifyEvidence,
} from '../../protocol/evidence/index.ts';
import type { Verdict } from '../../protocol/fault/index.ts';
import type { Manifest, SpaceId } from '../../protocol/manifest/index.ts';
import { portableCrypto as crypto } from '../../protocol/portable-crypto/index.ts';
import { fromHex, readVectors, toHex, type Vector } from '../support/read-vectors.ts';
import { referenceRoot } from '../support/reference.ts';

interface EvidenceVectors {
  readonly space: SpaceId;
  readonly valid: readonly (Vector & {
    readonly evidence: string;
    readonly leaves: { readonly first: readonly string[]; readonly second: readonly string[] };
    readonly fork: Fork;
  })[];
  readonly invalid: readonly (Vector & { readonly evidence: string; readonly code: EvidenceFault })[];
}

const { space, valid, invalid } = readVectors<EvidenceVectors>('evidence');

const verdictOn = (text: string): Verdict<Fork, EvidenceFault> => {
  const evidence = decodeEvidence(Buffer.from(text));
  return evidence.ok ? verifyEvidence(crypto, space, evidence.value) : evidence;
};

test.each(valid)('evidence: $comment', ({ evidence, fork }) => {
  expect(verdictOn(evidence)).toEqual({ ok: true, value: fork });
  const decoded = decodeEvidence(Buffer.from(evidence));
  if (!decoded.ok) throw new Error(decoded.fault.message);
  expect(Buffer.from(encodeEvidence(decoded.value)).toString()).toBe(evidence);
});

test.each(valid)('the histories do part there: $comment', ({ evidence, leaves, fork }) => {
  const { first, second }: { first: Manifest; second: Manifest } = JSON.parse(evidence);
  for (const [manifest, side] of [
    [first, leaves.first],
    [second, leaves.second],
  ] as const) {
    expect(side).toHaveLength(manifest.events);
    expect(`sha256:${toHex(referenceRoot(side.map(fromHex)))}`).toBe(manifest.root);
  }
  const from = Math.min(first.firstSeq, second.firstSeq);
  const differing = leaves.first.findIndex((leaf, i) => leaf !== leaves.second[i]);
  const common = differing < 0 ? leaves.first.length : differing;
  const seq = first.firstSeq === second.firstSeq ? from + common : from;
  expect(fork).toEqual({ origin: first.origin, seq });
});

test.each(invalid)('evidence is refused as $code: $comment', ({ evidence, code }) => {
  expect(verdictOn(evidence)).toMatchObject({ ok: false, fault: { code } });
});

test('every code has a vector', () => {
  const codes: Record<EvidenceFault, true> = {
    bad_evidence: true,
    different_logs: true,
    different_segments: true,
    no_contradiction: true,
    bad_proof: true,
    unsupported_version: true,
    unsupported_algo: true,
    bad_root_format: true,
    bad_manifest: true,
    wrong_space: true,
    unknown_key: true,
    bad_signature: true,
  };
  expect(new Set(invalid.map(({ code }) => code))).toEqual(new Set(Object.keys(codes)));
});
