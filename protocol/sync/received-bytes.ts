import { SYNC_LIMITS } from './limits.ts';

/** Bytes of records that came from a remote, and the credit that is due for them (docs/protocol/sync.md#credit). */
export class ReceivedBytes {
  /** Came, and not dealt with. */
  #held = 0;
  /** Dealt with, and no credit has been given back for it. */
  #due = 0;

  /** Bytes have come that are to be dealt with; false when they exceed what the remote has credit for. */
  hold(bytes: number): boolean {
    if (this.#exceed(bytes)) return false;
    this.#held += bytes;
    return true;
  }

  /** Held bytes are dealt with. */
  release(bytes: number): void {
    this.#held -= bytes;
    this.#due += bytes;
  }

  /** Bytes have come, and there is nothing to do about them; false when they exceed the credit. */
  pass(bytes: number): boolean {
    if (this.#exceed(bytes)) return false;
    this.#due += bytes;
    return true;
  }

  /**
   * Bytes that are due as credit now. They are given back only when half of the credit is used up: less has no
   * need of a frame, and the remote still has room for any record.
   */
  takeCredit(): number {
    if (this.#held + this.#due <= SYNC_LIMITS.creditBytes / 2) return 0;
    const due = this.#due;
    this.#due = 0;
    return due;
  }

  #exceed(bytes: number): boolean {
    return this.#held + this.#due + bytes > SYNC_LIMITS.creditBytes;
  }
}
