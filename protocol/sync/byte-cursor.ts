import { readVarint } from '../bytes/index.ts';

/** Reads packed values one after the other; after the first that is not there, everything is undefined. */
export class ByteCursor {
  readonly #bytes: Uint8Array;
  #at = 0;
  #failed = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Whether everything was there and nothing is left. */
  get done(): boolean {
    return !this.#failed && this.#at === this.#bytes.length;
  }

  /** Whether there is something left to be read. */
  get more(): boolean {
    return !this.#failed && this.#at < this.#bytes.length;
  }

  varint(): number | undefined {
    const read = this.#failed ? undefined : readVarint(this.#bytes, this.#at);
    this.#failed = read === undefined;
    this.#at = read?.next ?? this.#at;
    return read?.value;
  }

  /** A view of so many bytes. */
  bytes(length: number): Uint8Array | undefined {
    this.#failed ||= this.#at + length > this.#bytes.length;
    if (this.#failed) return undefined;
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
}
