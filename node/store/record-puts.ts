import { canonicalBytes } from '../../protocol/bytes/index.ts';
import type { EvidenceRow, LogTail, SegmentPlace } from '../../protocol/engine/index.ts';
import type { Manifest } from '../../protocol/manifest/index.ts';
import type { Put } from './level-database.ts';
import { RECORD_FORMAT } from './log-catalog.ts';
import { encodeArrival, encodeSealed, encodeTail } from './log-rows.ts';
import { lengthAt } from './log-state.ts';
import {
  arrivalsKey,
  blockKey,
  damageKey,
  evidenceKey,
  journalKey,
  recordKey,
  sealedKey,
  storeKey,
  tailKey,
} from './record-key.ts';
import { packRow } from './row.ts';
import { encodeBlock } from './segment-block.ts';

/** The row that names the store and its format. */
export const storePut = (storeId: string): Put =>
  rowPut(storeKey(), canonicalBytes({ format: RECORD_FORMAT, storeId }));

/** The row that counts the arrivals. */
export const arrivalsPut = (arrivals: number): Put => {
  const payload = new Uint8Array(8);
  new DataView(payload.buffer).setBigUint64(0, BigInt(arrivals));
  return rowPut(arrivalsKey(), payload);
};

/** A log's entry in the arrival journal, in the place of the one before. */
export const journalPuts = (
  newest: Manifest,
  arrival: number,
  before: number | undefined,
): readonly Put[] => {
  const entry = encodeArrival({ origin: newest.origin, seq: lengthAt(newest) });
  const put = rowPut(journalKey(arrival), entry);
  return before === undefined ? [put] : [{ key: journalKey(before), value: undefined }, put];
};

/** The newest position of a log, with the last records of its open segment. */
export const openPuts = (tail: LogTail, fresh: readonly Uint8Array[]): readonly Put[] => {
  const { origin } = tail.manifest;
  return [
    ...recordPuts(tail.manifest, lengthAt(tail.manifest) - fresh.length + 1, fresh),
    rowPut(tailKey(origin), encodeTail(tail)),
  ];
};

/** Records of an open segment from a seq on. */
export const recordPuts = (
  { origin }: Manifest,
  firstSeq: number,
  records: readonly Uint8Array[],
): readonly Put[] => records.map((record, index) => rowPut(recordKey(origin, firstSeq + index), record));

/** A sealed segment with all its records; undefined is one that is lost. */
export const sealedPuts = async (
  manifest: Manifest,
  records: readonly (Uint8Array | undefined)[],
): Promise<readonly Put[]> => {
  const key = blockKey(manifest.origin, manifest.segment);
  return [
    { key, value: await encodeBlock(key, records) },
    rowPut(sealedKey(manifest.origin, manifest.segment), encodeSealed(manifest)),
  ];
};

/** The mark of a damaged segment. */
export const damagePut = ({ origin, segment }: SegmentPlace): Put =>
  rowPut(damageKey(origin, segment), new Uint8Array());

export const evidencePut = ({ origin, bytes }: EvidenceRow): Put => rowPut(evidenceKey(origin), bytes);

const rowPut = (key: Uint8Array, payload: Uint8Array): Put => ({ key, value: packRow(key, payload) });
