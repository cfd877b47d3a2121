import { randomBytes } from 'node:crypto';
import { base32 } from '../../protocol/bytes/index.ts';

/** Bytes of randomness in a store id. */
const STORE_ID_BYTES = 15;

/** A random id for a store that is being made. */
export const newStoreId = (): string => base32.encode(randomBytes(STORE_ID_BYTES));
