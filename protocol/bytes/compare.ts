/**
 * Orders strings by UTF-16 code units, the order of RFC 8785 and of the total order of events; never by
 * locale.
 */
export const compareStrings = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** True when both hold the same bytes. Not for secrets: its time depends on the contents. */
export const equalBytes = (a: Uint8Array, b: Uint8Array): boolean => {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false;
  return true;
};
