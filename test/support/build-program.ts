import { resolve } from 'node:path';
import { build } from 'vite';

/** Builds the program that tests start. */
export const setup = async (): Promise<void> => {
  const root = resolve(import.meta.dirname, '../..');
  await build({ root, configFile: resolve(root, 'vite.config.ts'), logLevel: 'warn' });
};
