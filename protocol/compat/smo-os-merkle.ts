import { hexEncode, utf8Encode } from '../bytes/index.ts';
import type { Crypto } from '../crypto/index.ts';

/** A root of Smo.OS 0.2.1 as its manifests state it. */
export const ROOT_FORMAT = /^sha256:[0-9a-f]{64}$/;

/**
 * Root over texts in the given order, as `sha256:<hex>`. A leaf is the SHA-256 of a text; a node is the
 * SHA-256 of the hexadecimal digits, as text, of its two children; an odd last one is paired with itself;
 * no texts at all have the hash of the empty text (`pairwise-dup-last`).
 */
export const smoOsRoot = (crypto: Crypto, texts: readonly string[]): string => {
  const hash = (text: string): string => hexEncode(crypto.sha256(utf8Encode(text)));
  let level = texts.map(hash);
  while (level.length > 1) {
    const above: string[] = [];
    for (const [i, left] of level.entries()) {
      if (i % 2 === 0) above.push(hash(left + (level[i + 1] ?? left)));
    }
    level = above;
  }
  return `sha256:${level[0] ?? hash('')}`;
};
