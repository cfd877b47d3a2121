import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { HOME_LAYOUT } from '../../home/index.ts';

/** A new path in the quarantine of a home, which is made when it is needed. */
export const quarantinePath = async (dir: string, name: string): Promise<string> => {
  const quarantine = join(dir, HOME_LAYOUT.quarantine);
  await mkdir(quarantine, { recursive: true, mode: 0o700 });
  return join(quarantine, `${new Date().toISOString().replaceAll(':', '-')}-${name}`);
};
