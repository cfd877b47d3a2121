import { randomBytes } from 'node:crypto';
import { base32 } from '../../protocol/bytes/index.ts';
import { STORE_ID_BYTES } from '../../protocol/engine/index.ts';

/** A random id for a store that is being made. */
export const newStoreId = (): string => base32.encode(randomBytes(STORE_ID_BYTES));
