import type { LogTail } from '../../../protocol/engine/index.ts';
import { type Origin, parseOrigin } from '../../../protocol/event/index.ts';
import { decodeManifest, type VerifiedRange, verifyRange } from '../../../protocol/manifest/index.ts';
import {
  type LevelRecordStore,
  type LogAudit,
  openRecordAudit,
  type SegmentAudit,
} from '../../store/index.ts';
import type { SetAside, SetAsideLog } from './patient.ts';
import { copyBeside, type RecordsContext } from './read-records.ts';
import { type SetAsideFolder, setAsideFolders } from './set-aside-folders.ts';

/**
 * The stores that were set aside, and what of them is missing from the store now.
 * @param main the log that the device writes to
 */
export const readSetAside = async (
  home: string,
  records: LevelRecordStore,
  context: RecordsContext,
  main: Origin,
): Promise<readonly SetAside[]> => {
  const found: SetAside[] = [];
  for (const aside of await setAsideFolders(home)) {
    found.push({ folder: aside.folder, logs: await compareWith(aside, records, context, main) });
  }
  return found;
};

const compareWith = async (
  { folder, logs: summary }: SetAsideFolder,
  records: LevelRecordStore,
  context: RecordsContext,
  main: Origin,
): Promise<readonly SetAsideLog[]> => {
  const tails = await tailsOf(records);
  const logs = summary.map(({ origin, kept, stored }) => ({
    origin,
    kept,
    stored,
    length: lengthOf(tails.get(origin)),
  }));
  // What stood in the way has to have come from elsewhere first; before, there is nothing to look for.
  // The log that this device writes to goes on as it is, whatever an older store says.
  const grown = new Set(
    logs
      .filter(({ origin, kept, stored, length }) => origin !== main && kept < length && length < stored)
      .map(({ origin }) => origin),
  );
  const next = new Map<Origin, number>();
  if (grown.size > 0) {
    for await (const { origin, ranges } of continuations(folder, tails, grown, context)) {
      next.set(
        origin,
        ranges.reduce((sum, range) => sum + range.records.length, 0),
      );
    }
  }
  return logs.map(({ origin, stored, length }) => ({ origin, stored, length, next: next.get(origin) ?? 0 }));
};

/** Takes back, from every store that was set aside, the records that come next in a log. */
export const reclaim = async (
  setAside: readonly SetAside[],
  records: LevelRecordStore,
  context: RecordsContext,
): Promise<void> => {
  for (const { folder, logs } of setAside) {
    const wanted = new Set(logs.filter(({ next }) => next > 0).map(({ origin }) => origin));
    if (wanted.size === 0) continue;
    for await (const { origin, ranges } of continuations(folder, await tailsOf(records), wanted, context)) {
      for (const { manifest, firstSeq, records: fresh, tree } of ranges) {
        const tail: LogTail = { manifest, peaks: tree.peaks };
        const write = { origin, firstSeq, records: fresh, tail, arrival: records.arrivals() + 1 };
        await records.write([write], { durable: true });
      }
    }
  }
};

/** What a store that was set aside has to add to logs, verified. */
async function* continuations(
  folder: string,
  tails: ReadonlyMap<Origin, LogTail>,
  wanted: ReadonlySet<Origin>,
  context: RecordsContext,
): AsyncIterable<{ readonly origin: Origin; readonly ranges: readonly VerifiedRange[] }> {
  const audit = await openRecordAudit(folder, copyBeside(folder));
  try {
    for await (const log of audit.auditLogs()) {
      const origin = parseOrigin(log.origin);
      if (!origin.ok || !wanted.has(origin.value)) continue;
      const ranges = continuationOf(log, tails.get(origin.value), context);
      if (ranges.length > 0) yield { origin: origin.value, ranges };
    }
  } finally {
    await audit.close();
  }
}

const continuationOf = (
  log: LogAudit,
  tail: LogTail | undefined,
  context: RecordsContext,
): readonly VerifiedRange[] => {
  const ranges: VerifiedRange[] = [];
  let held = tail;
  for (const segment of log.segments()) {
    const range = rangeAfter(segment, held, context);
    if (range === undefined) continue;
    ranges.push(range);
    held = { manifest: range.manifest, peaks: range.tree.peaks };
  }
  return ranges;
};

/** The records of a segment that follow what is held; undefined when they do not, or do not verify. */
const rangeAfter = (
  { manifest: stored, records }: SegmentAudit,
  tail: LogTail | undefined,
  { crypto, space }: RecordsContext,
): VerifiedRange | undefined => {
  const manifest = stored.ok ? decodeManifest(stored.value) : undefined;
  if (!manifest?.ok) return undefined;
  const firstSeq = lengthOf(tail) + 1;
  const skipped = firstSeq - manifest.value.firstSeq;
  if (skipped < 0 || skipped >= manifest.value.events) return undefined;
  const fresh = records.slice(skipped).flatMap((record) => (record.ok ? [record.value] : []));
  const claim = { space, tail, manifest: manifest.value, firstSeq, records: fresh };
  const verified = verifyRange(crypto, claim);
  return verified.ok ? verified.value : undefined;
};

const tailsOf = async (records: LevelRecordStore): Promise<ReadonlyMap<Origin, LogTail>> =>
  new Map((await records.tails()).map((tail) => [tail.manifest.origin, tail]));

const lengthOf = (tail: LogTail | undefined): number =>
  tail === undefined ? 0 : tail.manifest.firstSeq + tail.manifest.events - 1;
