import { base32 } from '../../protocol/bytes/index.ts';
import type { Signer } from '../../protocol/crypto/index.ts';
import { STORE_ID_BYTES } from '../../protocol/engine/index.ts';
import { INCARNATION_BYTES, makeOrigin, type Origin } from '../../protocol/event/index.ts';
import type { DrawStream, Draws } from '../draws/index.ts';
import type { RunCrypto } from './run-crypto.ts';

/** Bytes of an Ed25519 seed. */
const SEED_BYTES = 32;

/** Who a device is: its key, and names for its logs and its stores, all of which follow from the seed of the run. */
export class Identity {
  readonly signer: Signer;
  readonly #draws: DrawStream;

  /** @param original the identity whose key it has too */
  constructor(crypto: RunCrypto, draws: Draws, number: number, original?: Identity) {
    this.#draws = draws.stream('engine', number);
    this.signer = original?.signer ?? crypto.signerFromSeed(bytesOf(this.#draws, SEED_BYTES));
  }

  /** A log of its own that it has not used. */
  newLog(): Origin {
    return makeOrigin(this.signer.device, base32.encode(bytesOf(this.#draws, INCARNATION_BYTES)));
  }

  newStoreId(): string {
    return base32.encode(bytesOf(this.#draws, STORE_ID_BYTES));
  }
}

/** So many bytes of chance. */
export const bytesOf = (draws: DrawStream, count: number): Uint8Array =>
  Uint8Array.from({ length: count }, () => draws.below(256));
