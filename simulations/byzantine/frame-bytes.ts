import { SYNC_LIMITS } from '../../protocol/sync/index.ts';
import type { DrawStream } from '../draws/index.ts';

/** The same bytes, of which one is another. */
export const mutated = (bytes: Uint8Array, stream: DrawStream): Uint8Array => {
  const at = stream.below(Math.max(1, bytes.length));
  return bytes.map((byte, i) => (i === at ? byte ^ (1 << stream.below(8)) : byte));
};

/** The beginning of the bytes. */
export const truncated = (bytes: Uint8Array, stream: DrawStream): Uint8Array =>
  bytes.slice(0, stream.below(Math.max(1, bytes.length)));

/** The bytes, and so many more that no frame may have them. */
export const oversize = (bytes: Uint8Array, stream: DrawStream): Uint8Array => {
  const long = new Uint8Array(SYNC_LIMITS.frameBytesMax + 1 + stream.below(1_000));
  long.set(bytes);
  return long;
};
