import { readFileSync } from 'node:fs';

/** The vectors of test/vectors/<name>.json. */
export const readVectors = <T>(name: string): T =>
  JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), 'utf8'));

/** What every single vector has. */
export interface Vector {
  readonly comment: string;
}

/** The bytes of a hexadecimal text in a vector. */
export const fromHex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));

/** The hexadecimal of bytes, as vectors spell it. */
export const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
