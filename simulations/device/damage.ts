import { SmoError } from '../../protocol/fault/index.ts';

/** Whether an error says that something stored cannot be read, which ends the program of a device. */
export const isDamage = (error: unknown): boolean =>
  error instanceof SmoError && (error.code === 'store_damaged' || error.code === 'state_damaged');
