import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SmoError } from '../../protocol/fault/index.ts';
import { createHome, HOME_FILE, HOME_LAYOUT, type Home, openHome, updateHome } from '../home/index.ts';

/** A home whose device belongs to no space yet. */
export interface FreshHome {
  readonly home: Home;
  /** Removes what was made, for an attempt that failed. Leaves a home that was there before. */
  discard(): Promise<void>;
}

/**
 * Makes a home, or takes up one that an interrupted attempt has left without a space.
 * @throws SmoError `home_exists` when the device there belongs to a space, or the folder holds something else
 */
export const freshHome = async (dir: string, name: string): Promise<FreshHome> => {
  const held = await homeIn(dir);
  if (held === undefined) {
    const home = await createHome(dir, { name });
    return { home, discard: () => removeHome(dir) };
  }
  if (held.file.space !== null) {
    throw new SmoError(
      'home_exists',
      `the device "${held.file.name}" in ${dir} belongs to a space already`,
      'Choose another folder with `--home`.',
    );
  }
  const home = held.file.name === name ? held : await updateHome(held, { name });
  return { home, discard: () => Promise.resolve() };
};

const homeIn = async (dir: string): Promise<Home | undefined> => {
  try {
    return await openHome(dir);
  } catch (error) {
    if (error instanceof SmoError && error.code === 'home_missing') return undefined;
    throw error;
  }
};

/** Everything that a new home can hold, by name: a folder is never removed with what it does not know. */
const removeHome = async (dir: string): Promise<void> => {
  for (const name of [HOME_FILE, ...Object.values(HOME_LAYOUT)]) {
    await rm(join(dir, name), { recursive: true, force: true });
  }
};
