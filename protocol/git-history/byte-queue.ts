/** Bytes that arrive in chunks and leave as fields, each ended by a byte of the reader's choice. */
export class ByteQueue {
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;

  /** Bytes that have arrived and not left yet. */
  get size(): number {
    return this.#bytes.length - this.#at;
  }

  /** Appends a chunk. Chunks are kept as they are where possible: the caller must not write to them again. */
  push(chunk: Uint8Array): void {
    if (this.size === 0) {
      this.#bytes = chunk;
    } else {
      const joined = new Uint8Array(this.size + chunk.length);
      joined.set(this.#bytes.subarray(this.#at));
      joined.set(chunk, this.size);
      this.#bytes = joined;
    }
    this.#at = 0;
  }

  /** The next byte, left where it is; undefined when there is none. */
  peek(): number | undefined {
    return this.#bytes[this.#at];
  }

  /**
   * Takes the bytes before the next `terminator`, and drops that byte. Undefined, with nothing taken, while
   * the terminator has not arrived.
   */
  take(terminator: number): Uint8Array | undefined {
    const end = this.#bytes.indexOf(terminator, this.#at);
    if (end < 0) return undefined;
    const field = this.#bytes.subarray(this.#at, end);
    this.#at = end + 1;
    return field;
  }
}
