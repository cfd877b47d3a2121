import { monitorEventLoopDelay } from 'node:perf_hooks';
import process from 'node:process';

/** How often the event loop is looked at, in ms; the monitor counts this time as well. */
const RESOLUTION_MS = 1;

/** What a process was like while something was done. */
export interface Watched {
  /** The longest time during which nothing else could be done. */
  readonly stallMs: number;
  /** Resident memory of the process at its most. */
  readonly peakMiB: number;
}

/** Watches this process from now on; the result ends it. */
export const watchProcess = (): (() => Watched) => {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
  return () => {
    delays.disable();
    return {
      stallMs: Math.max(0, delays.max / 1e6 - RESOLUTION_MS),
      peakMiB: process.resourceUsage().maxRSS / 1_024,
    };
  };
};
