import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type LevelRecordStore, openRecordStore, type RecordAudit } from '../../../node/store/index.ts';
import { type WriteSequence, writeSequence } from '../../support/log-writes.ts';
import { testLog } from '../../support/test-log.ts';

/** Two folders with the same store: everything still in the journal of writes, or all in a table. */
export interface StoreFolders {
  readonly journalled: string;
  readonly tabled: string;
  /** What {@link readAll} gives of either. */
  readonly contents: string;
  /** The writes that would follow; of the first log after so many of its steps, where that is given. */
  writes(steps?: number): WriteSequence;
  remove(): void;
}

const logs = [testLog(1), testLog(2)];

/** Two logs, each with a segment that grew, one sealed at once, and an open one. */
const STEPS = [
  [3, false],
  [2, true],
  [4, true],
  [2, false],
  [1, false],
] as const;

/** Makes the folders; in files of the test's choice, so that it can change them. */
export const makeStoreFolders = async (): Promise<StoreFolders> => {
  const root = mkdtempSync(join(tmpdir(), 'smo-test-'));
  const journalled = join(root, 'journalled');
  const tabled = join(root, 'tabled');
  const store = await openRecordStore(journalled, { create: true });
  const writes = writeSequence();
  for (const log of logs) {
    for (const [count, sealed] of STEPS) {
      await store.write([writes.next(log, count, { sealed })], { durable: true });
    }
  }
  await store.close();
  cpSync(journalled, tabled, { recursive: true });
  // Opening moves what is in the journal to a table.
  const opened = await openRecordStore(tabled);
  const contents = await readAll(opened);
  await opened.close();
  const again = (steps = STEPS.length): WriteSequence => {
    const sequence = writeSequence();
    for (const [i, log] of logs.entries()) {
      for (const [count, sealed] of i === 0 ? STEPS.slice(0, steps) : STEPS)
        sequence.next(log, count, { sealed });
    }
    return sequence;
  };
  return {
    journalled,
    tabled,
    contents,
    writes: again,
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
};

/** The rows in the quarantine of a store, in the order in which they were put there. */
export const keptRows = (
  dir: string,
): readonly { readonly key: Uint8Array; readonly value: Uint8Array }[] => {
  const quarantine = join(dirname(dir), 'quarantine');
  if (!existsSync(quarantine)) return [];
  return readdirSync(quarantine)
    .sort()
    .flatMap((name) => readFileSync(join(quarantine, name), 'utf8').trimEnd().split('\n'))
    .map((line) => JSON.parse(line) as { readonly key: string; readonly value: string })
    .map(({ key, value }) => ({ key: fromBase64(key), value: fromBase64(value) }));
};

const fromBase64 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));

/** Path of the newest file whose name fits. */
export const fileOf = (dir: string, pattern: RegExp): string => {
  const name = readdirSync(dir)
    .filter((each) => pattern.test(each))
    .sort()
    .at(-1);
  if (name === undefined) throw new Error(`no file like ${pattern} in ${dir}`);
  return join(dir, name);
};

/** Bytes of a file. */
export const bytesOf = (path: string): Uint8Array => new Uint8Array(readFileSync(path));

/** Everything that a store's own reading gives, as text. */
export const readAll = async (store: LevelRecordStore): Promise<string> => {
  const all: unknown[] = [store.storeId, store.arrivals(), await store.tails()];
  for await (const arrival of store.journal(0)) all.push(arrival);
  for (const { origin } of logs) {
    const records = await store.records(origin, 1, 100);
    all.push(
      await store.manifests(origin),
      records.map((record) => Buffer.from(record).toString('hex')),
    );
  }
  return JSON.stringify(all);
};

/** What an audit reads, as text, and every place at which it finds something wrong. */
export const auditAll = async (
  store: Pick<RecordAudit, 'auditLogs' | 'auditRows'>,
): Promise<{ readonly text: string; readonly faults: readonly string[] }> => {
  const faults: string[] = [];
  const all: unknown[] = [];
  for await (const fault of store.auditRows()) faults.push(fault);
  for await (const { origin, tail, strays, segments } of store.auditLogs()) {
    faults.push(...strays.map((stray) => `${origin}: stray ${stray}`));
    if (!tail.ok) faults.push(`${origin}: tail: ${tail.fault.message}`);
    for (const segment of segments()) {
      all.push([origin, segment]);
      const place = `${origin}, segment ${segment.segment}`;
      if (!segment.manifest.ok) faults.push(`${place}: manifest: ${segment.manifest.fault.message}`);
      for (const [index, record] of segment.records.entries()) {
        if (!record.ok)
          faults.push(`${place}, seq ${(segment.firstSeq ?? 0) + index}: ${record.fault.message}`);
      }
    }
  }
  return { text: JSON.stringify(all), faults };
};
