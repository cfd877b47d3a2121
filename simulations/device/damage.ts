import { SmoError } from '../../protocol/fault/index.ts';

/** What is made of what is read; undefined where that meets damage. */
export const undamaged = async <T>(make: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await make();
  } catch (error) {
    if (isDamage(error)) return undefined;
    throw error;
  }
};

/** Whether an error says that something stored cannot be read, which ends the program of a device. */
export const isDamage = (error: unknown): boolean =>
  error instanceof SmoError && (error.code === 'store_damaged' || error.code === 'state_damaged');
