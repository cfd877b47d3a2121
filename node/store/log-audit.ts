import { equalBytes } from '../../protocol/bytes/index.ts';
import type { Seq } from '../../protocol/event/index.ts';
import { accept, refuse, type Verdict } from '../../protocol/fault/index.ts';
import type { Manifest } from '../../protocol/manifest/index.ts';
import { SEGMENT_LIMITS } from '../../protocol/segment/index.ts';
import { decodeAnyBlock } from './block-layouts.ts';
import type { Database } from './level-database.ts';
import { decodeSealed, decodeTail, type StoredTail, splitSealed, splitTail } from './log-rows.ts';
import { lengthAt, type SegmentSpan, sealedCount, spanOf } from './log-state.ts';
import { blockKey, kindRange, parseKey, recordKey, sealedKey, tailKey } from './record-key.ts';
import { unpackRow } from './row.ts';
import type { SegmentBlock } from './segment-block.ts';

/** Something as it is stored, or why it cannot be read. */
export type Stored<T> = Verdict<T, 'store_damaged'>;

/** All that is stored of one log, raw, for a verification that trusts nothing but signatures and hashes. */
export interface LogAudit {
  /** Name of the log as its keys have it: after damage not always that of a log. */
  readonly origin: string;
  readonly tail: Stored<StoredTail>;
  /** What is stored of this log besides what its newest manifest accounts for. */
  readonly strays: readonly string[];
  /** Segments in order, the open one last; each is read when it is asked for. */
  segments(): Iterable<SegmentAudit>;
  /** A segment as a sealed one, whatever the tail says; it need not be there. */
  sealed(segment: number): SegmentAudit;
}

/** All that is stored of one segment. */
export interface SegmentAudit {
  readonly segment: number;
  readonly sealed: boolean;
  /** Canonical bytes of the segment's manifest. */
  readonly manifest: Stored<Uint8Array>;
  /** Seq of the first record; undefined when damage leaves it unknown. */
  readonly firstSeq: Seq | undefined;
  /** The records in order, as many as there should be. */
  readonly records: readonly Stored<Uint8Array>[];
}

/** Reads every log the way that the store itself reads it, so that what it cannot find counts as missing. */
export async function* auditLogs(db: Database): AsyncIterable<LogAudit> {
  for (const [origin, inventory] of await takeInventory(db)) {
    const { stored, manifest } = readTail(db, origin);
    const sealedEnd = manifest === undefined ? highest(inventory) + 1 : sealedCount(manifest);
    yield {
      origin,
      tail: stored,
      strays: findStrays(db, origin, inventory, manifest, stored),
      sealed: (segment) => auditSealed(db, origin, segment, undefined, undefined),
      *segments() {
        let next: Seq | undefined = 1;
        for (let segment = 0; segment < sealedEnd; segment += 1) {
          const following = firstSeqAfter(db, origin, segment, manifest);
          const audit: SegmentAudit = auditSealed(db, origin, segment, next, following);
          next = audit.firstSeq === undefined ? undefined : audit.firstSeq + audit.records.length;
          yield audit;
        }
        const open = auditOpen(db, origin, sealedEnd, inventory.record, manifest, stored);
        if (open !== undefined) yield open;
      },
    };
  }
}

/** The numbers (segments or seqs) of the rows that a log has. */
interface Inventory {
  readonly sealed: number[];
  readonly block: number[];
  readonly record: number[];
}

const takeInventory = async (db: Database): Promise<ReadonlyMap<string, Inventory>> => {
  const logs = new Map<string, Inventory>();
  for (const kind of ['tail', 'sealed', 'block', 'record'] as const) {
    for await (const key of db.keys(kindRange(kind))) {
      const name = parseKey(key);
      if (name === undefined || !('origin' in name)) continue;
      const inventory = logs.get(name.origin) ?? { sealed: [], block: [], record: [] };
      logs.set(name.origin, inventory);
      if (kind !== 'tail' && 'number' in name) inventory[kind].push(name.number);
    }
  }
  return logs;
};

const readTail = (
  db: Database,
  origin: string,
): { readonly stored: Stored<StoredTail>; readonly manifest: Manifest | undefined } => {
  const key = tailKey(origin);
  const payload = readRow(db, key);
  if (!payload.ok) return { stored: payload, manifest: undefined };
  const stored = splitTail(payload.value);
  const tail = decodeTail(origin, payload.value);
  return stored === undefined || tail === undefined
    ? { stored: refuse('store_damaged', 'the row has changed'), manifest: undefined }
    : { stored: accept(stored), manifest: tail.manifest };
};

const highest = ({ sealed, block }: Inventory): number =>
  Math.max(-1, sealed.at(-1) ?? -1, block.at(-1) ?? -1);

/** Seq that the segment after a sealed one begins with, where its manifest can be read. */
const firstSeqAfter = (
  db: Database,
  origin: string,
  segment: number,
  newest: Manifest | undefined,
): Seq | undefined => {
  if (newest?.segment === segment + 1) return newest.firstSeq;
  const row = readRow(db, sealedKey(origin, segment + 1));
  return row.ok ? decodeSealed(origin, segment + 1, row.value)?.firstSeq : undefined;
};

/**
 * @param next seq after the segment before
 * @param following first seq of the segment after; with `next` it tells which records are missing where
 *   neither the segment's own manifest nor its block can be read
 */
const auditSealed = (
  db: Database,
  origin: string,
  segment: number,
  next: Seq | undefined,
  following: Seq | undefined,
): SegmentAudit => {
  const row = readRow(db, sealedKey(origin, segment));
  const known = row.ok ? decodeSealed(origin, segment, row.value) : undefined;
  const manifest: Stored<Uint8Array> =
    row.ok && known === undefined ? refuse('store_damaged', 'the row has changed') : manifestOf(row);
  const block = readBlock(db, origin, segment);
  const between = next === undefined || following === undefined ? 0 : following - next;
  // A block that holds more than its manifest covers shows all that it holds.
  const held = block.ok ? block.value.events : 0;
  const events =
    Math.max(known?.events ?? 0, held) || Math.min(Math.max(between, 0), SEGMENT_LIMITS.eventsMax);
  const records = Array.from({ length: events }, (_, index) => recordOf(block, index));
  return { segment, sealed: true, manifest, firstSeq: known?.firstSeq ?? next, records };
};

const manifestOf = (row: Stored<Uint8Array>): Stored<Uint8Array> => {
  if (!row.ok) return row;
  const stored = splitSealed(row.value);
  return stored === undefined ? refuse('store_damaged', 'the row has changed') : accept(stored.manifest);
};

const readBlock = (db: Database, origin: string, segment: number): Stored<SegmentBlock> => {
  const key = blockKey(origin, segment);
  const value = readValue(db, key);
  if (!value.ok) return value;
  const block = decodeAnyBlock(key, value.value);
  return block === undefined
    ? refuse('store_damaged', 'the table of the block of records has changed')
    : accept(block);
};

const recordOf = (block: Stored<SegmentBlock>, index: number): Stored<Uint8Array> => {
  if (!block.ok) return block;
  if (index >= block.value.events) return refuse('store_damaged', 'the block of records is too short');
  return block.value.record(index);
};

const auditOpen = (
  db: Database,
  origin: string,
  segment: number,
  rows: readonly Seq[],
  newest: Manifest | undefined,
  tail: Stored<StoredTail>,
): SegmentAudit | undefined => {
  if (newest?.sealed || (newest === undefined && rows.length === 0)) return undefined;
  const span: SegmentSpan | undefined = newest && spanOf(newest);
  const seqs =
    span === undefined ? rows : Array.from({ length: span.events }, (_, index) => span.firstSeq + index);
  return {
    segment,
    sealed: false,
    manifest: tail.ok ? accept(tail.value.manifest) : tail,
    firstSeq: seqs[0],
    records: seqs.map((seq) => readRow(db, recordKey(origin, seq))),
  };
};

const findStrays = (
  db: Database,
  origin: string,
  { sealed, block, record }: Inventory,
  newest: Manifest | undefined,
  tail: Stored<StoredTail>,
): readonly string[] => {
  if (newest === undefined) return [];
  const strays: string[] = [];
  const count = sealedCount(newest);
  for (const segment of sealed) if (segment >= count) strays.push(`manifest of segment ${segment}`);
  for (const segment of block) if (segment >= count) strays.push(`block of segment ${segment}`);
  for (const seq of record) {
    if (newest.sealed || seq < newest.firstSeq || seq > lengthAt(newest)) strays.push(`record of seq ${seq}`);
  }
  if (newest.sealed && tail.ok) {
    const row = manifestOf(readRow(db, sealedKey(origin, newest.segment)));
    if (row.ok && !equalBytes(row.value, tail.value.manifest)) {
      strays.push(`another manifest of segment ${newest.segment}`);
    }
  }
  return strays;
};

const readRow = (db: Database, key: Uint8Array): Stored<Uint8Array> => {
  const value = readValue(db, key);
  if (!value.ok) return value;
  const payload = unpackRow(key, value.value);
  return payload === undefined ? refuse('store_damaged', 'the row has changed') : accept(payload);
};

const readValue = (db: Database, key: Uint8Array): Stored<Uint8Array> => {
  try {
    const value = db.get(key);
    return value === undefined ? refuse('store_damaged', 'the row is missing') : accept(value);
  } catch (error) {
    return refuse('store_damaged', error instanceof Error ? error.message : String(error));
  }
};
