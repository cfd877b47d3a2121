import { join } from 'node:path';

/** A home, and what is kept beside it. */
export interface HomePlace {
  readonly home: string;
  readonly env: { readonly SMO_STATE_HOME: string };
}

/** The home in a folder, whether it is there already or not. */
export const homeIn = (folder: string): HomePlace => ({
  home: join(folder, 'home'),
  env: { SMO_STATE_HOME: join(folder, 'state') },
});
