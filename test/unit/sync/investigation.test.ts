import { describe, expect, it } from 'vitest';
import { verifyEvidence } from '../../../protocol/evidence/index.ts';
import { encodeManifest, formatHash, type Manifest } from '../../../protocol/manifest/index.ts';
import type { Answer, Question } from '../../../protocol/sync/index.ts';
import { fastCrypto as crypto } from '../../support/fast-crypto.ts';
import { HeldHistory, honest } from '../../support/held-history.ts';
import { except, history, investigateWith, LOG, sign } from '../../support/inquired-log.ts';
import { TEST_SPACE } from '../../support/test-log.ts';

const { origin } = LOG;

const ZERO = new Uint8Array(32);

describe('an investigation', () => {
  const [own, other] = [history(5), history(5, 100)];

  it('proves the fork and names its seq', () => {
    const result = investigateWith(own, honest(other));
    if (result.type !== 'evidence') throw new Error(result.type);
    expect(verifyEvidence(crypto, TEST_SPACE, result.evidence)).toEqual({
      ok: true,
      value: { origin, seq: 100 },
    });
  });

  it('finds nothing in a log that is not held, or that the remote does not hold', () => {
    expect(investigateWith(new HeldHistory(), honest(other))).toEqual({ type: 'agreed' });
    expect(investigateWith(own, honest(new HeldHistory()))).toEqual({ type: 'agreed' });
  });

  it('passes over a commitment that the remote cannot give', () => {
    const broken = history(5);
    broken.manifests[1] = undefined;
    expect(investigateWith(own, honest(broken))).toEqual({ type: 'agreed' });
  });

  it.each<[string, string, (question: Question) => Answer]>([
    ['bad_answer', 'an answer to another question', () => ({ type: 'records', records: [] })],
    [
      'bad_answer',
      'commitments that were not asked for',
      except(other, 'commitments', () => ({
        type: 'commitments',
        commitments: [{ segment: 77, commitment: ZERO }],
      })),
    ],
    [
      'bad_answer',
      'one commitment twice',
      except(other, 'commitments', ({ commitments }) => ({
        type: 'commitments',
        commitments: [...commitments.slice(0, 1), ...commitments],
      })),
    ],
    [
      'answer_contradicts',
      'histories that differ and then are equal again',
      except(own, 'commitments', ({ commitments }) => ({
        type: 'commitments',
        commitments: commitments.map((entry, i) => (i === 1 ? { ...entry, commitment: ZERO } : entry)),
      })),
    ],
    [
      'answer_contradicts',
      'a commitment that its own manifest does not make',
      except(own, 'commitments', ({ commitments }) => ({
        type: 'commitments',
        commitments: commitments.map((entry, i) => (i === 3 ? { ...entry, commitment: ZERO } : entry)),
      })),
    ],
    [
      'answer_contradicts',
      'a manifest that follows another history',
      except(other, 'commitments', (_, { segments }) => {
        const equal = honest(own)({ type: 'commitments', origin, segments });
        return equal;
      }),
    ],
    [
      'withheld',
      'no manifest where the histories differ',
      except(other, 'manifest', () => ({ type: 'manifest', manifest: undefined })),
    ],
    [
      'bad_answer',
      'the manifest of another segment',
      except(other, 'manifest', () => ({ type: 'manifest', manifest: bytesOf(other.manifests[0]) })),
    ],
    [
      'bad_manifest',
      'a manifest that is none',
      except(other, 'manifest', () => ({ type: 'manifest', manifest: ZERO })),
    ],
    [
      'bad_signature',
      'a manifest that its owner did not sign',
      except(other, 'manifest', ({ manifest }) => ({ type: 'manifest', manifest: unsigned(manifest) })),
    ],
    ['withheld', 'no tree', except(other, 'nodes', () => ({ type: 'nodes', hashes: [] }))],
    [
      'bad_answer',
      'fewer hashes than there are',
      except(other, 'nodes', ({ hashes }) => ({ type: 'nodes', hashes: hashes.slice(1) })),
    ],
    [
      'nodes_mismatch',
      'hashes of another tree',
      except(other, 'nodes', ({ hashes }) => ({ type: 'nodes', hashes: hashes.map(() => ZERO) })),
    ],
  ])('finds the remote at fault: %s, %s', (code, _, answer) => {
    expect(investigateWith(own, answer)).toMatchObject({ type: 'remote-fault', fault: { code } });
  });

  it('does not take a remote for an honest one that says the log differs and has lost where', () => {
    const broken = history(5, 50);
    broken.manifests[1] = undefined;
    expect(investigateWith(own, honest(broken))).toMatchObject({
      type: 'remote-fault',
      fault: { code: 'withheld' },
    });
  });

  it('finds records of the own store that are not what was signed', () => {
    const broken = history(5);
    broken.spoil(95);
    expect(investigateWith(broken, honest(other))).toEqual({
      type: 'own-damage',
      damage: { origin, segment: 2, manifest: false, seqs: [] },
    });
    broken.records[97] = undefined;
    expect(investigateWith(broken, honest(other))).toMatchObject({ damage: { seqs: [98] } });
  });

  it('finds a manifest of the own store that is missing or was never signed', () => {
    const damage = { origin, segment: 1, manifest: true, seqs: [] };
    const broken = history(5);
    broken.manifests[1] = undefined;
    expect(investigateWith(broken, honest(own))).toEqual({ type: 'own-damage', damage });
    const signed = own.manifests[1] as Manifest;
    broken.manifests[1] = { ...signed, root: formatHash(ZERO) };
    expect(investigateWith(broken, honest(own))).toEqual({ type: 'own-damage', damage });
    // Signed, but after another history.
    broken.manifests[1] = sign({ ...signed, prev: formatHash(ZERO) });
    expect(investigateWith(broken, honest(other))).toEqual({ type: 'own-damage', damage });
  });
});

const bytesOf = (manifest: Manifest | undefined): Uint8Array | undefined =>
  manifest && encodeManifest(manifest);

const unsigned = (manifest: Uint8Array | undefined): Uint8Array => {
  const json = JSON.parse(Buffer.from(manifest ?? []).toString());
  return encodeManifest({ ...json, createdAt: json.createdAt + 1 });
};
