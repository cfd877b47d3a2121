import type { Change } from './operation.ts';

/** The bytes of a file after some changes, one after the other; what lies beyond its end when it is written to is zero. */
export const bytesAfter = (changes: readonly Change[]): Uint8Array => {
  const bytes = new Uint8Array(Math.max(0, ...changes.map(endOf)));
  let length = 0;
  for (const change of changes) {
    if (change.type === 'write') {
      bytes.set(change.bytes, change.offset);
      length = Math.max(length, endOf(change));
    } else {
      bytes.fill(0, change.length);
      length = change.length;
    }
  }
  return bytes.subarray(0, length);
};

const endOf = (change: Change): number =>
  change.type === 'write' ? change.offset + change.bytes.length : change.length;
