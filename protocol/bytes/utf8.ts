const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** UTF-8 bytes of a string. Lone surrogates become U+FFFD: check `isWellFormed()` first where it matters. */
export const utf8Encode = (text: string): Uint8Array => encoder.encode(text);

/** The string that the bytes encode, or undefined when they are not valid UTF-8. */
export const utf8Decode = (bytes: Uint8Array): string | undefined => {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
};
