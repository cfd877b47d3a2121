import { SmoError } from '../../protocol/fault/index.ts';

/** Ways in which a request fails because its device is killed; any other failure fails the soak. */
const CUT_OFF = new Set(['connection_lost', 'device_stopped']);

/** Whether a request failed because its device was killed meanwhile. */
export const isCutOff = (error: unknown): boolean => error instanceof SmoError && CUT_OFF.has(error.code);

/** Whether nothing could be written yet, as when a revocation is worked into the state: a person tries again. */
export const isTooEarly = (error: unknown): boolean =>
  error instanceof SmoError && error.code === 'rebuilding';
