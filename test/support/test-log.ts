import type { Signer } from '../../protocol/crypto/index.ts';
import { leafHash, makeOrigin, type Origin, type Seq } from '../../protocol/event/index.ts';
import {
  commitmentOf,
  EMPTY_COMMITMENT,
  formatHash,
  MANIFEST_ALGO,
  MANIFEST_VERSION,
  type Manifest,
  type ManifestBody,
  type SpaceId,
  signManifest,
  spaceIdFromLeaf,
  type VerifiedTail,
} from '../../protocol/manifest/index.ts';
import { portableCrypto } from '../../protocol/portable-crypto/index.ts';
import { appendLeaves, type CompactTree, emptyTree, treeRoot } from '../../protocol/segment/index.ts';
import { numberedSigner } from './test-signer.ts';

/** One log and the device that signs it. */
export interface TestLog {
  readonly signer: Signer;
  readonly origin: Origin;
  readonly space: SpaceId;
}

/** The space of all test logs. */
export const TEST_SPACE: SpaceId = spaceIdFromLeaf(new Uint8Array(32).fill(0x5a));

/** A log of the test device with this number. */
export const testLog = (number = 1, incarnation = 'aaaaaaaa'): TestLog => {
  const signer = numberedSigner(number);
  return { signer, origin: makeOrigin(signer.device, incarnation), space: TEST_SPACE };
};

/** Records in their place, with the manifest that covers them and the peaks after them. */
export interface SignedRange {
  readonly manifest: Manifest;
  readonly firstSeq: Seq;
  readonly records: readonly Uint8Array[];
  readonly tail: VerifiedTail;
}

/** What the author of a log signs when it appends records after `tail`; `over` states something else. */
export const signRange = (
  log: TestLog,
  tail: VerifiedTail | undefined,
  records: readonly Uint8Array[],
  over: Partial<ManifestBody> = {},
): SignedRange => {
  const { body, firstSeq, tree } = rangeBody(log, tail, records);
  const manifest = signManifest(log.signer, { ...body, ...over });
  return { manifest, firstSeq, records, tail: { manifest, peaks: tree.peaks } };
};

const rangeBody = (log: TestLog, tail: VerifiedTail | undefined, records: readonly Uint8Array[]) => {
  const open = tail !== undefined && !tail.manifest.sealed ? tail : undefined;
  const before = open ? open.manifest : segmentAfter(tail?.manifest);
  const held: CompactTree = open ? { events: open.manifest.events, peaks: open.peaks } : emptyTree;
  const firstSeq = before.firstSeq + held.events;
  const leaves = records.map((record, i) => leafHash(portableCrypto, log.origin, firstSeq + i, record));
  const tree = appendLeaves(portableCrypto, held, leaves);
  const body: ManifestBody = {
    version: MANIFEST_VERSION,
    space: log.space,
    origin: log.origin,
    keyId: log.signer.device,
    segment: before.segment,
    firstSeq: before.firstSeq,
    events: tree.events,
    bytes: records.reduce((sum, record) => sum + record.length, open?.manifest.bytes ?? 0),
    root: formatHash(treeRoot(portableCrypto, tree)),
    prev: before.prev,
    sealed: false,
    createdAt: 1_750_000_000_000,
    algo: MANIFEST_ALGO,
  };
  return { body, firstSeq, tree };
};

const segmentAfter = (sealed: Manifest | undefined): Pick<Manifest, 'segment' | 'firstSeq' | 'prev'> =>
  sealed === undefined
    ? { segment: 0, firstSeq: 1, prev: formatHash(EMPTY_COMMITMENT) }
    : {
        segment: sealed.segment + 1,
        firstSeq: sealed.firstSeq + sealed.events,
        prev: formatHash(commitmentOf(portableCrypto, sealed)),
      };

/** Distinct records of a few bytes each; what lies inside is of no matter below the events. */
export const numberedRecords = (first: number, count: number): readonly Uint8Array[] =>
  Array.from({ length: count }, (_, i) => new TextEncoder().encode(`\0record ${first + i}`));
