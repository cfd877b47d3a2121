const LINE_FEED = 0x0a;

/**
 * Cuts a stream of UTF-8 bytes into lines at line feeds alone: JSON strings may hold the other characters
 * that `node:readline` takes for line ends (U+2028, U+2029). A last line needs no line feed.
 */
export const readLines = async function* (source: AsyncIterable<Uint8Array>): AsyncGenerator<string, void> {
  const decoder = new TextDecoder();
  let rest: Uint8Array[] = [];
  for await (const chunk of source) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      yield decoder.decode(joined(rest, chunk.subarray(start, end)));
      rest = [];
      start = end + 1;
    }
    if (start < chunk.length) rest.push(chunk.subarray(start));
  }
  if (rest.length > 0) yield decoder.decode(Buffer.concat(rest));
};

const joined = (head: readonly Uint8Array[], tail: Uint8Array): Uint8Array =>
  head.length === 0 ? tail : Buffer.concat([...head, tail]);
