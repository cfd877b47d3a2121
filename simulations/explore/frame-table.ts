/** Gives each sequence of bytes a number. */
export class FrameTable {
  readonly #numbers = new Map<string, number>();
  readonly #frames: Uint8Array[] = [];

  numberOf(bytes: Uint8Array): number {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const number = this.#frames.length;
    this.#numbers.set(text, number);
    this.#frames.push(bytes);
    return number;
  }

  /** @throws RangeError when no bytes have the number */
  bytesOf(number: number): Uint8Array {
    const bytes = this.#frames[number];
    if (bytes === undefined) throw new RangeError(`there is no frame ${number}`);
    return bytes;
  }
}
