import { SmoError } from '../../protocol/fault/index.ts';
import type { DeviceProcess } from './device-process.ts';

/** How long the demo waits for something that has to happen. */
const PATIENCE_MS = 30_000;

/** Between two looks at what no event announces, such as a digest. */
const LOOK_AGAIN_MS = 50;

/**
 * Waits until a condition on devices holds, looking again after each event that one of them applies, and from
 * time to time.
 * @throws SmoError `demo_stuck` when it does not come to hold
 */
export const until = (
  what: string,
  devices: readonly DeviceProcess[],
  signal: AbortSignal,
  holds: () => boolean | Promise<boolean>,
): Promise<void> =>
  new Promise((resolve, reject) => {
    let looking = false;
    let again = false;
    const end = (settle: () => void): void => {
      for (const unwatch of unwatches) unwatch();
      clearInterval(interval);
      clearTimeout(timeout);
      signal.removeEventListener('abort', abort);
      settle();
    };
    const look = async (): Promise<void> => {
      if (looking) {
        again = true;
        return;
      }
      looking = true;
      do {
        again = false;
        if (await holds()) return end(resolve);
      } while (again);
      looking = false;
    };
    const tryLook = (): void => {
      look().catch((error) => end(() => reject(error)));
    };
    const abort = (): void => end(() => reject(interrupted()));
    const unwatches = devices.map((device) => device.watch(tryLook));
    const interval = setInterval(tryLook, LOOK_AGAIN_MS);
    const timeout = setTimeout(
      () => end(() => reject(new SmoError('demo_stuck', `the demo waited in vain until ${what}`))),
      PATIENCE_MS,
    );
    signal.addEventListener('abort', abort);
    tryLook();
  });

/** The error of a demo that a person has ended. */
export const interrupted = (): SmoError => new SmoError('interrupted', 'the demo was interrupted');
