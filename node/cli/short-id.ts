import { compareStrings } from '../../protocol/bytes/index.ts';

/** Fewest characters of a shortened id. */
const SHORT_CHARS_MIN = 16;

/** Ids that machines draw: UUIDs, hashes, event ids, PeerIds. What people named is shown whole. */
const MACHINE_ID = /^(?:[0-9a-f-]{32,}|ev1[a-z2-7]{20,}|[0-9A-Za-z]{40,})$/;

/** An id cut to a prefix that can be pasted back into a command. */
export const shortId = (id: string): string => (MACHINE_ID.test(id) ? id.slice(0, SHORT_CHARS_MIN) : id);

/** Shortens ids so that no two of them look the same. */
export const shortIds = (ids: Iterable<string>): ReadonlyMap<string, string> => {
  const sorted = [...new Set(ids)].sort(compareStrings);
  const shared = (a: string, b: string | undefined): number => {
    let chars = 0;
    while (b !== undefined && chars < a.length && a[chars] === b[chars]) chars += 1;
    return chars;
  };
  return new Map(
    sorted.map((id, i) => {
      const chars = 1 + Math.max(shared(id, sorted[i - 1]), shared(id, sorted[i + 1]));
      return [id, MACHINE_ID.test(id) ? id.slice(0, Math.max(SHORT_CHARS_MIN, chars)) : id];
    }),
  );
};
