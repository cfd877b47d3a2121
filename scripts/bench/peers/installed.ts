import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Whether a package is there to be measured beside ours. */
export const isInstalled = (name: string): boolean =>
  existsSync(join(import.meta.dirname, 'node_modules', name, 'package.json'));

/** What to do to have it. */
export const howToInstall = (name: string): string =>
  `${name} is not measured: it is not installed. Have it with: npm ci --prefix scripts/bench/peers`;
