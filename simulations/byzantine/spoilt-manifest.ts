import { base64 } from '../../protocol/bytes/index.ts';
import { decodeManifest, encodeManifest } from '../../protocol/manifest/index.ts';
import type { DrawStream } from '../draws/index.ts';
import { mutated } from './frame-bytes.ts';

/** A manifest whose signature is another one; what is none stays as it is. */
export const spoiltManifest = (bytes: Uint8Array, stream: DrawStream): Uint8Array => {
  const manifest = decodeManifest(bytes);
  if (!manifest.ok) return bytes;
  const signature = base64.decode(manifest.value.signature);
  if (signature === undefined) return bytes;
  return encodeManifest({ ...manifest.value, signature: base64.encode(mutated(signature, stream)) });
};
