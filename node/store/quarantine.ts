import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { base64 } from '../../protocol/bytes/index.ts';
import { syncFolder } from '../files/index.ts';

/** A row as it is stored. */
export interface StoredRow {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** Where copies go of what a repair changes or removes: nothing in it is ever changed or removed again. */
export interface Quarantine {
  /**
   * Keeps a copy of rows; on the disk when the promise resolves. Without rows nothing is written.
   * @param name what they are from, as a part of a file name
   */
  keep(name: string, rows: Iterable<StoredRow>): Promise<void>;
}

/**
 * A quarantine in the folder `dir`, which is made when it is needed. Each copy is a file
 * `<time>-<name>.jsonl` of one line `{"key", "value"}` for each row, both in base64.
 */
export const openQuarantine = (dir: string): Quarantine => ({
  async keep(name, rows) {
    const lines = [...rows].map(({ key, value }) =>
      JSON.stringify({ key: base64.encode(key), value: base64.encode(value) }),
    );
    if (lines.length === 0) return;
    await mkdir(dir, { recursive: true, mode: 0o700 });
    const file = await openNew(join(dir, `${new Date().toISOString().replaceAll(':', '-')}-${name}`));
    try {
      await file.writeFile(`${lines.join('\n')}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await syncFolder(dir);
  },
});

/** A new file; several may be of the same millisecond. */
const openNew = async (stem: string, attempt = 1): ReturnType<typeof open> => {
  try {
    return await open(`${stem}${attempt === 1 ? '' : `-${attempt}`}.jsonl`, 'wx', 0o600);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    return openNew(stem, attempt + 1);
  }
};
