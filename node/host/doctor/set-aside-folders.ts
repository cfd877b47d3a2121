import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { type Origin, parseOrigin } from '../../../protocol/event/index.ts';
import { writeFileAtomic } from '../../files/index.ts';
import { HOME_LAYOUT } from '../../home/index.ts';
import type { SalvagedLog } from '../../store/index.ts';

/** Ends the name of the file beside a store that was set aside: what it held, and what a salvage kept of it. */
const SUMMARY = '.summary.json';

const SCHEMA = v.array(
  v.object({
    origin: v.custom<Origin>((text) => typeof text === 'string' && parseOrigin(text).ok),
    kept: v.number(),
    stored: v.number(),
  }),
);

/** A record store that a salvage has moved away, and what was known of its logs then. */
export interface SetAsideFolder {
  /** Path of the store. */
  readonly folder: string;
  readonly logs: readonly Pick<SalvagedLog, 'origin' | 'kept' | 'stored'>[];
}

/** Notes what is in a store that is about to be moved to `folder`. */
export const writeSummary = (folder: string, logs: readonly SalvagedLog[]): Promise<void> =>
  writeFileAtomic(`${folder}${SUMMARY}`, `${JSON.stringify(logs, null, 2)}\n`, {
    mode: 0o600,
    durable: true,
  });

/** The stores of a home that were set aside, the oldest one first. */
export const setAsideFolders = async (home: string): Promise<readonly SetAsideFolder[]> => {
  const dir = join(home, HOME_LAYOUT.quarantine);
  const names = await readdir(dir).catch((): string[] => []);
  const found: SetAsideFolder[] = [];
  for (const file of names.filter((name) => name.endsWith(SUMMARY)).sort()) {
    const store = file.slice(0, -SUMMARY.length);
    const text = await readFile(join(dir, file), 'utf8');
    const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), SCHEMA), text);
    if (parsed.success && names.includes(store))
      found.push({ folder: join(dir, store), logs: parsed.output });
  }
  return found;
};
