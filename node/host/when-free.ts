import { setTimeout as delay } from 'node:timers/promises';
import { SmoError } from '../../protocol/fault/index.ts';

/** How long somebody else's use of a home is waited out: commands are short, and so is the end of `smo up`. */
const PATIENCE_MS = 5_000;

/** Between two attempts to open a home that is in use. */
const RETRY_MS = 50;

/**
 * Opens a home, again and again while another process has it open.
 *
 * @throws SmoError `home_in_use` when it stays in use, and whatever else opening throws
 */
export const whenFree = async <T>(open: () => Promise<T>): Promise<T> => {
  const deadlineMs = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await open();
    } catch (error) {
      if (!(error instanceof SmoError) || error.code !== 'home_in_use' || Date.now() > deadlineMs)
        throw error;
    }
    await delay(RETRY_MS);
  }
};
