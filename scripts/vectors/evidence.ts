import { base64, canonicalText, type JsonObject, type JsonValue } from '../../protocol/bytes/index.ts';
import {
  buildEvidence,
  decodeEvidence,
  type EvidenceFault,
  encodeEvidence,
  verifyEvidence,
} from '../../protocol/evidence/index.ts';
import { spaceIdFromLeaf } from '../../protocol/manifest/index.ts';
import { portableCrypto as crypto } from '../../protocol/portable-crypto/index.ts';
import { leafPath } from '../../protocol/segment/index.ts';
import { forkedRecords, type SignedSegment, signSegment } from '../../test/support/forked-log.ts';
import { numberedRecords, TEST_SPACE, testLog } from '../../test/support/test-log.ts';
import { hex } from './hex.ts';

const LOG = testLog();
const BEFORE = signSegment(LOG, undefined, numberedRecords(1, 3), { sealed: true });
const [ONE, TWO] = forkedRecords(5, 11, 11);
const FIRST = signSegment(LOG, BEFORE, ONE);
const SECOND = signSegment(LOG, BEFORE, TWO);
const SHORT = signSegment(LOG, BEFORE, TWO.slice(0, 6), { sealed: true });
const CLOSED = signSegment(LOG, BEFORE, ONE.slice(0, 8), { sealed: true });
const LATE = signSegment(LOG, BEFORE, ONE, { firstSeq: 6 });
const ZERO_HASH = `sha256:${'0'.repeat(64)}`;

const textOf = (a: SignedSegment, b: SignedSegment): string => {
  const evidence = buildEvidence(crypto, TEST_SPACE, a, b);
  if (!evidence.ok) throw new Error(evidence.fault.message);
  return new TextDecoder().decode(encodeEvidence(evidence.value));
};

/** Leaves in the order of the evidence. */
const leavesOf = (text: string, a: SignedSegment, b: SignedSegment): readonly (readonly string[])[] => {
  const isFirst = text.includes(`"first":${canonicalText({ ...a.manifest })}`);
  return (isFirst ? [a, b] : [b, a]).map(({ leaves }) => leaves.map(hex));
};

const valid = (comment: string, a: SignedSegment, b: SignedSegment) => {
  const evidence = textOf(a, b);
  const decoded = decodeEvidence(new TextEncoder().encode(evidence));
  if (!decoded.ok) throw new Error(decoded.fault.message);
  const fork = verifyEvidence(crypto, TEST_SPACE, decoded.value);
  if (!fork.ok) throw new Error(fork.fault.message);
  const [first, second] = leavesOf(evidence, a, b);
  return { comment, evidence, leaves: { first, second }, fork: fork.value };
};

type Json = { [key: string]: Json | JsonValue };

/** The evidence of two segments, with something changed in it. */
const changed = (
  code: EvidenceFault,
  comment: string,
  change: (json: Json) => void,
  [a, b]: readonly [SignedSegment, SignedSegment] = [FIRST, SECOND],
) => {
  const json = JSON.parse(textOf(a, b)) as Json;
  change(json);
  return { comment, evidence: canonicalText(json as JsonObject), code };
};

/** What would be evidence if the histories parted at `index`; without an index nothing is said of that. */
const claimed = (a: SignedSegment, b: SignedSegment, index?: number): string => {
  const text = ({ manifest }: SignedSegment): string => canonicalText({ ...manifest });
  const [first, second] = text(a) < text(b) ? [a, b] : [b, a];
  const [one, two] = [first, second].map(({ leaves }) =>
    index === undefined || index >= leaves.length ? undefined : leafPath(crypto, leaves, index),
  );
  const evidence = {
    origin: first.manifest.origin,
    first: first.manifest,
    second: second.manifest,
    proof:
      index === undefined
        ? undefined
        : {
            index,
            peaks: (one ?? two ?? leafPath(crypto, FIRST.leaves, index)).peaks,
            first: one,
            second: two,
          },
  };
  return new TextDecoder().decode(encodeEvidence(evidence));
};

const resign = (manifest: JsonValue, members: JsonObject, by = LOG.signer): JsonObject => {
  const body = { ...(manifest as JsonObject), ...members, signature: '' };
  const signature = base64.encode(by.sign(new TextEncoder().encode(canonicalText(body))));
  return { ...body, signature };
};

const proofOf = (json: Json): Json => json.proof as Json;

const misshapenOnes = () => [
  changed('bad_evidence', 'another member', (json) => {
    json.extra = 1;
  }),
  changed('bad_evidence', 'a member missing', (json) => {
    delete json.proof;
  }),
  changed('bad_evidence', 'manifests in the wrong order', (json) => {
    [json.first, json.second] = [json.second as Json, json.first as Json];
  }),
  changed('bad_evidence', 'one manifest twice', (json) => {
    json.second = json.first as Json;
  }),
  changed('bad_evidence', 'a manifest that is no object', (json) => {
    json.first = 'manifest';
  }),
  changed('bad_evidence', 'an index that is no count', (json) => {
    proofOf(json).index = -1;
  }),
  changed('bad_evidence', 'an index past the largest segment', (json) => {
    proofOf(json).index = 1025;
  }),
  changed('bad_evidence', 'a branch with another member', (json) => {
    (proofOf(json).first as Json).peaks = [];
  }),
  changed('bad_evidence', 'a leaf that is no hash', (json) => {
    (proofOf(json).first as Json).leaf = ZERO_HASH.slice(1);
  }),
  changed('bad_evidence', 'more hashes than any path has', (json) => {
    proofOf(json).peaks = Array.from({ length: 11 }, () => ZERO_HASH);
  }),
  changed('bad_evidence', 'a version that is no string', (json) => {
    json.version = 1;
  }),
  { comment: 'white space', evidence: `${textOf(FIRST, SECOND)}\n`, code: 'bad_evidence' },
  { comment: 'an array', evidence: '[]', code: 'bad_evidence' },
  { comment: 'more than 10 KiB', evidence: JSON.stringify('x'.repeat(10_239)), code: 'bad_evidence' },
  changed('unsupported_version', 'a later version', (json) => {
    json.version = '2.0.0';
  }),
  changed('unsupported_version', 'a manifest of a later version', (json) => {
    (json.first as Json).version = '2.0.0';
  }),
  changed('unsupported_algo', 'a manifest with other algorithms', (json) => {
    ((json.first as Json).algo as Json).hash = 'sha-512';
  }),
  changed('bad_root_format', 'a manifest with a root of 63 digits', (json) => {
    (json.second as Json).root = ZERO_HASH.slice(0, -1);
  }),
  changed('bad_manifest', 'a manifest with a negative segment', (json) => {
    (json.second as Json).segment = -1;
  }),
];

const unsignedOnes = () => {
  const other = testLog(1, 'bbbbbbbb');
  const after = signSegment(LOG, FIRST, [], { sealed: true });
  const next = signSegment(LOG, after, ONE);
  const elsewhere = signSegment(
    LOG,
    signSegment(LOG, undefined, numberedRecords(7, 3), { sealed: true }),
    ONE,
  );
  const inSpace = { space: spaceIdFromLeaf(new Uint8Array(32).fill(0xa5)) };
  return [
    {
      comment: 'manifests of two logs of one device',
      evidence: claimed(FIRST, signSegment(other, BEFORE, TWO)),
      code: 'different_logs',
    },
    { comment: 'manifests of two segments', evidence: claimed(FIRST, next), code: 'different_segments' },
    {
      comment: 'manifests that follow different histories: the fork lies before them',
      evidence: claimed(FIRST, elsewhere),
      code: 'different_segments',
    },
    changed('wrong_space', 'manifests of another space', (json) => {
      json.first = resign(json.first as JsonValue, inSpace) as Json;
      json.second = resign(json.second as JsonValue, inSpace) as Json;
    }),
    changed('unknown_key', 'signed by a device that does not own the log', (json) => {
      const { signer } = testLog(2);
      json.first = resign(json.first as JsonValue, { keyId: signer.device }, signer) as Json;
    }),
    changed('bad_signature', 'a manifest changed after signing', (json) => {
      (json.first as Json).createdAt = FIRST.manifest.createdAt - 1;
    }),
  ];
};

const unprovenOnes = () => {
  const peaks = ['a', 'b'].map((digit) => `sha256:${digit.repeat(64)}`);
  const head = signSegment(LOG, BEFORE, ONE.slice(0, 8));
  return [
    { comment: 'a proof left out', evidence: claimed(FIRST, SECOND), code: 'no_contradiction' },
    { comment: 'a head and what it grew to', evidence: claimed(head, FIRST, 8), code: 'no_contradiction' },
    { comment: 'a head and its seal', evidence: claimed(head, CLOSED, 8), code: 'no_contradiction' },
    { comment: 'one leaf twice', evidence: claimed(head, FIRST, 5), code: 'no_contradiction' },
    changed('bad_proof', 'another leaf', (json) => {
      (proofOf(json).second as Json).leaf = ZERO_HASH;
    }),
    changed('bad_proof', 'an earlier place', (json) => {
      proofOf(json).index = 4;
    }),
    changed('bad_proof', 'a place after the end of a tree', (json) => {
      proofOf(json).index = 11;
    }),
    changed('bad_proof', 'other leaves in common', (json) => {
      proofOf(json).peaks = peaks;
    }),
    changed('bad_proof', 'a sibling left out', (json) => {
      const branch = proofOf(json).first as Json;
      branch.rest = (branch.rest as readonly JsonValue[]).slice(1);
    }),
    changed('bad_proof', 'a sibling too many', (json) => {
      const branch = proofOf(json).first as Json;
      branch.rest = [...(branch.rest as readonly JsonValue[]), ZERO_HASH];
    }),
    changed('bad_proof', 'an end where the segment goes on', (json) => {
      proofOf(json).first = null;
    }),
    { comment: 'hashes that are not needed', evidence: claimed(FIRST, LATE, 5), code: 'bad_proof' },
  ];
};

export const evidenceVectors = () => ({
  comment:
    'Evidence of equivocation: its canonical text. `valid`: `leaves` are all leaf hashes (hex) under the two roots, of which verification needs none but those in the proof; `fork` is where the histories part. `invalid`: the one code that decoding or verifying ends with.',
  space: TEST_SPACE,
  valid: [
    valid('the same count, different records', FIRST, SECOND),
    valid('the first record differs', FIRST, signSegment(LOG, BEFORE, numberedRecords(50, 9))),
    valid(
      'the last record differs',
      FIRST,
      signSegment(LOG, BEFORE, [...ONE.slice(0, 10), ...numberedRecords(50, 1)]),
    ),
    valid('different counts, the shorter is no beginning of the longer', SHORT, FIRST),
    valid(
      'segments of one record',
      signSegment(LOG, undefined, numberedRecords(1, 1)),
      signSegment(LOG, undefined, numberedRecords(2, 1)),
    ),
    valid('sealed, and yet it goes on', CLOSED, FIRST),
    valid('sealed at two counts', CLOSED, signSegment(LOG, BEFORE, ONE, { sealed: true })),
    valid('it begins at two seqs', FIRST, LATE),
  ],
  invalid: [...misshapenOnes(), ...unsignedOnes(), ...unprovenOnes()],
});
