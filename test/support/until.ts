/** Between two looks, in ms. */
const LOOK_AGAIN_MS = 50;

/** How to wait. */
export interface UntilOptions {
  readonly timeoutMs: number;
  readonly everyMs?: number;
}

/**
 * Waits for what no event announces, by looking again and again.
 *
 * @param missing what is still missing, in words; undefined once nothing is
 * @throws Error with what was missing in the last look
 */
export const until = async (
  what: string,
  missing: () => string | undefined | Promise<string | undefined>,
  { timeoutMs, everyMs = LOOK_AGAIN_MS }: UntilOptions,
): Promise<void> => {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const last = await missing();
    if (last === undefined) return;
    if (performance.now() > deadline) {
      throw new Error(`waited ${timeoutMs / 1_000} s in vain until ${what}: ${last}`);
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
};
