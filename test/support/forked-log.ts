import { leafHash } from '../../protocol/event/index.ts';
import type { ManifestBody } from '../../protocol/manifest/index.ts';
import { portableCrypto } from '../../protocol/portable-crypto/index.ts';
import { numberedRecords, type SignedRange, signRange, type TestLog } from './test-log.ts';

/** One segment of a log as its owner signed it, with all its records and leaves. */
export interface SignedSegment extends SignedRange {
  readonly leaves: readonly Uint8Array[];
}

/** A whole segment after `before`, signed at once; `over` states something else. */
export const signSegment = (
  log: TestLog,
  before: SignedRange | undefined,
  records: readonly Uint8Array[],
  over: Partial<ManifestBody> = {},
): SignedSegment => {
  const range = signRange(log, before?.tail, records, over);
  const leaves = records.map((record, i) => leafHash(portableCrypto, log.origin, range.firstSeq + i, record));
  return { ...range, leaves };
};

/** Records of two histories that share their first `common` ones; the others have none in common. */
export const forkedRecords = (
  common: number,
  first: number,
  second: number,
): readonly [readonly Uint8Array[], readonly Uint8Array[]] => [
  numberedRecords(1, first),
  [...numberedRecords(1, common), ...numberedRecords(100_001, second - common)],
];
