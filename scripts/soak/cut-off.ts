import { SmoError } from '../../protocol/fault/index.ts';

/** Ways in which a request fails because its device is killed; any other failure fails the soak. */
const CUT_OFF = new Set(['connection_lost', 'device_stopped']);

/** Whether a request failed because its device was killed meanwhile. */
export const isCutOff = (error: unknown): boolean => error instanceof SmoError && CUT_OFF.has(error.code);
