import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** The program as it is installed; the tests that start it build it first, from the source as it is then. */
export const PROGRAM = resolve(import.meta.dirname, '../../dist/program/main.js');

/**
 * Has processes of tests find what others have compiled: by itself each would look in its own folder for temporary
 * files, which is new each time.
 */
export const COMPILE_CACHE = { NODE_COMPILE_CACHE: join(tmpdir(), 'node-compile-cache') };
