import type {
  Arrival,
  EvidenceRow,
  RecordStore,
  SegmentPlace,
  SegmentRange,
} from '../../protocol/engine/index.ts';
import { type Origin, parseOrigin, type Seq } from '../../protocol/event/index.ts';
import { SmoError } from '../../protocol/fault/index.ts';
import type { Manifest } from '../../protocol/manifest/index.ts';
import { type BlockCache, blockCache } from './block-cache.ts';
import { decodeAnyBlock } from './block-layouts.ts';
import type { Database } from './level-database.ts';
import type { LogCatalog } from './log-catalog.ts';
import { decodeSealed } from './log-rows.ts';
import { findSpan, type LogState, lengthAt, type SegmentSpan, sealedCount, spanOf } from './log-state.ts';
import { blockKey, kindRange, parseKey, recordKey, sealedKey } from './record-key.ts';
import { unpackRow } from './row.ts';
import type { SegmentBlock } from './segment-block.ts';
import { damaged } from './store-error.ts';

/** Bytes of blocks that are kept in memory, as if all of them were unpacked: those of a few logs being read at once. */
const CACHE_BYTES_MAX = 16 * 1024 * 1024;

/** The reading half of the record store. */
export interface RecordReader
  extends Pick<
    RecordStore,
    'record' | 'records' | 'range' | 'manifests' | 'manifest' | 'journal' | 'evidence'
  > {
  /** Forgets what was read of a sealed segment. */
  forget(origin: Origin, segment: number): void;
}

/**
 * Reads what the catalog says is there; anything missing or changed is `store_damaged`.
 * @param found is told of each damaged segment that is met
 */
export const recordReader = (
  db: Database,
  catalog: LogCatalog,
  found: (place: SegmentPlace) => void,
): RecordReader => {
  const source: RecordSource = {
    get(key, place) {
      try {
        return db.get(key);
      } catch (error) {
        // What the disk does not give is asked of other devices, as is what has changed on it.
        if (error instanceof SmoError) found(place);
        throw error;
      }
    },
    cache: blockCache(CACHE_BYTES_MAX),
    damage(origin, segment, what) {
      found({ origin, segment });
      return damaged('records', `log ${origin}, segment ${segment}${what}`);
    },
  };
  return {
    forget: (origin, segment) => source.cache.remove(cacheName(origin, segment)),
    record(origin, seq) {
      const log = catalog.logs.get(origin);
      if (log === undefined || seq < 1 || seq > lengthAt(log.tail.manifest)) return undefined;
      // A copy: a view would keep the whole chunk in memory for as long as the caller keeps the record.
      return readRecord(source, placeOf(log, origin, seq), seq).slice();
    },
    async records(origin, firstSeq, count) {
      const log = catalog.logs.get(origin);
      if (log === undefined) return [];
      const end = Math.min(firstSeq + count, lengthAt(log.tail.manifest) + 1);
      const records: Uint8Array[] = [];
      for (let seq = Math.max(firstSeq, 1); seq < end; seq += 1) {
        records.push(readRecord(source, placeOf(log, origin, seq), seq));
      }
      return records;
    },
    async range(origin, segment, events) {
      const log = catalog.logs.get(origin);
      return log && readRange(source, log, segment, events);
    },
    async manifests(origin) {
      const log = catalog.logs.get(origin);
      if (log === undefined) return [];
      const { manifest } = log.tail;
      const length = sealedCount(manifest);
      const sealed = Array.from({ length }, (_, segment) => readSealed(source, origin, segment));
      return manifest.sealed ? sealed : [...sealed, manifest];
    },
    manifest(origin, segment) {
      const log = catalog.logs.get(origin);
      return log && readManifest(source, log, segment);
    },
    journal: (after) => readJournal(catalog, after),
    evidence: () => readEvidence(db),
  };
};

interface RecordSource {
  /** A row of a segment. A failure to read it makes the segment known as damaged. */
  get(key: Uint8Array, place: SegmentPlace): Uint8Array | undefined;
  readonly cache: BlockCache;
  /** The error for a damaged segment, which is noted. */
  damage(origin: Origin, segment: number, what: string): SmoError;
}

/** Segment that a record is read from. */
interface Place {
  readonly origin: Origin;
  readonly span: SegmentSpan;
  /** True while its records have rows of their own, as far as the catalog knows. */
  readonly open: boolean;
}

const placeIn = ({ tail: { manifest } }: LogState, span: SegmentSpan): Place => ({
  origin: manifest.origin,
  span,
  open: !manifest.sealed && span.segment === manifest.segment,
});

const placeOf = (log: LogState, origin: Origin, seq: Seq): Place => {
  const { manifest } = log.tail;
  const span = seq >= manifest.firstSeq ? spanOf(manifest) : findSpan(log.sealed, seq);
  if (span === undefined) {
    throw damaged('records', `log ${origin}: the manifest of the segment with seq ${seq} cannot be read`);
  }
  return placeIn(log, span);
};

/** One record of a segment: a row of its own while the segment is open, a part of its block afterwards. */
const readRecord = (source: RecordSource, { origin, span, open }: Place, seq: Seq): Uint8Array => {
  const damage = (what: string) => source.damage(origin, span.segment, `, seq ${seq}: ${what}`);
  if (open) {
    const key = recordKey(origin, seq);
    const value = source.get(key, { origin, segment: span.segment });
    const record = value && unpackRow(key, value);
    if (record !== undefined) return record;
    if (value !== undefined) throw damage('the record has changed');
    // Sealing may be complete on the disk before the catalog knows: then the row has moved into the block.
  }
  const block = source.cache.get(cacheName(origin, span.segment)) ?? loadBlock(source, origin, span);
  if (block === undefined) throw damage('the record is missing');
  const record = block.record(seq - span.firstSeq);
  if (!record.ok) throw damage(record.fault.message);
  return record.value;
};

const loadBlock = (
  { get, cache, damage }: RecordSource,
  origin: Origin,
  { segment, firstSeq, events }: SegmentSpan,
): SegmentBlock | undefined => {
  const key = blockKey(origin, segment);
  const value = get(key, { origin, segment });
  if (value === undefined) return undefined;
  const block = decodeAnyBlock(key, value);
  if (block === undefined || block.events < events) {
    const seqs = `seq ${firstSeq} to ${firstSeq + events - 1}`;
    throw damage(origin, segment, `, ${seqs}: the block of records has changed`);
  }
  cache.add(cacheName(origin, segment), block);
  return block;
};

const readRange = (
  source: RecordSource,
  log: LogState,
  segment: number,
  events: number,
): SegmentRange | undefined => {
  const manifest = readManifest(source, log, segment);
  if (manifest === undefined) return undefined;
  const span = spanOf(manifest);
  const firstSeq = Math.min(span.firstSeq + Math.max(events, 0), lengthAt(manifest) + 1);
  const records: Uint8Array[] = [];
  for (let seq = firstSeq; seq <= lengthAt(manifest); seq += 1) {
    records.push(readRecord(source, placeIn(log, span), seq));
  }
  return { manifest, firstSeq, records };
};

const readManifest = (source: RecordSource, log: LogState, segment: number): Manifest | undefined => {
  const newest = log.tail.manifest;
  if (segment < 0 || segment > newest.segment || !Number.isSafeInteger(segment)) return undefined;
  return segment === newest.segment ? newest : readSealed(source, newest.origin, segment);
};

const readSealed = ({ get, damage }: RecordSource, origin: Origin, segment: number): Manifest => {
  const key = sealedKey(origin, segment);
  const value = get(key, { origin, segment });
  const payload = value && unpackRow(key, value);
  const manifest = payload && decodeSealed(origin, segment, payload);
  if (manifest === undefined) {
    const what = value === undefined ? 'missing' : 'changed';
    throw damage(origin, segment, `: the sealed manifest is ${what}`);
  }
  return manifest;
};

/** A log whose entry is damaged may have changed at any time, for all that others know. */
async function* readJournal({ arrivals, logs, newest }: LogCatalog, after: number): AsyncIterable<Arrival> {
  const changed = [...logs]
    .map(([origin, { tail }]): Arrival => {
      return { arrival: newest.get(origin) ?? arrivals, origin, seq: lengthAt(tail.manifest) };
    })
    .filter(({ arrival }) => arrival > after);
  yield* changed.sort((a, b) => a.arrival - b.arrival);
}

/** An evidence that cannot be read comes again from whoever knows of the fork; the audit names it. */
export const readEvidence = async (db: Database): Promise<readonly EvidenceRow[]> => {
  const rows: EvidenceRow[] = [];
  for await (const [key, value] of db.entries(kindRange('evidence'))) {
    const name = parseKey(key);
    const origin = name?.kind === 'evidence' ? parseOrigin(name.origin) : undefined;
    const bytes = unpackRow(key, value);
    if (origin?.ok && bytes !== undefined) rows.push({ origin: origin.value, bytes: bytes.slice() });
  }
  return rows;
};

const cacheName = (origin: Origin, segment: number): string => `${origin}/${segment}`;
