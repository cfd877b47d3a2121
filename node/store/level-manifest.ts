import { readVarint } from '../../protocol/bytes/index.ts';

/** The files that make up a database, as its newest manifest has them. */
export interface LiveFiles {
  /** Size in bytes of each table, by number. */
  readonly tables: ReadonlyMap<number, number>;
  /** Number of the oldest journal that still counts; 0 while the database is being made. */
  readonly journal: number;
}

/** Tags of a version edit (LevelDB db/version_edit.cc): the log that says which files a database consists of. */
const TAG = {
  comparator: 1,
  journal: 2,
  nextFile: 3,
  lastSequence: 4,
  compactPointer: 5,
  deletedFile: 6,
  newFile: 7,
  previousJournal: 9,
} as const;

/** Follows the edits of a manifest to the files that are live; undefined when an edit is none. */
export const readLiveFiles = (edits: readonly Uint8Array[]): LiveFiles | undefined => {
  const tables = new Map<number, number>();
  let journal = 0;
  for (const edit of edits) {
    const reader = fieldReader(edit);
    while (!reader.atEnd()) {
      switch (reader.number()) {
        case TAG.comparator:
          reader.skipBytes();
          break;
        case TAG.journal:
          journal = reader.number();
          break;
        case TAG.nextFile:
        case TAG.lastSequence:
        case TAG.previousJournal:
          reader.number();
          break;
        case TAG.compactPointer:
          reader.number();
          reader.skipBytes();
          break;
        case TAG.deletedFile:
          reader.number();
          tables.delete(reader.number());
          break;
        case TAG.newFile: {
          reader.number();
          const table = reader.number();
          tables.set(table, reader.number());
          reader.skipBytes();
          reader.skipBytes();
          break;
        }
        default:
          return undefined;
      }
    }
    if (reader.failed()) return undefined;
  }
  return { tables, journal };
};

/** Reads varints and length-prefixed bytes one after the other; after a fault it is at its end and gives -1. */
const fieldReader = (bytes: Uint8Array) => {
  let at = 0;
  let failed = false;
  const number = (): number => {
    const read = readVarint(bytes, at);
    failed ||= read === undefined;
    at = read?.next ?? bytes.length;
    return read?.value ?? -1;
  };
  return {
    atEnd: () => at >= bytes.length,
    failed: () => failed || at > bytes.length,
    number,
    skipBytes: () => {
      const length = number();
      at += Math.max(length, 0);
    },
  };
};
