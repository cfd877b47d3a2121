import { InvalidArgumentError } from 'commander';

const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A length of time such as `90s`, `15m`, `2h` or `7d`, in milliseconds. */
export const parseDuration = (text: string): number => {
  const match = /^(\d+)([smhd])$/.exec(text);
  const durationMs = Number(match?.[1]) * UNIT_MS[match?.[2] as keyof typeof UNIT_MS];
  if (!Number.isSafeInteger(durationMs) || durationMs < 1) {
    throw new InvalidArgumentError('Give a whole number and a unit, as in 90s, 15m, 2h or 7d.');
  }
  return durationMs;
};

/** A whole number from `min` on. */
export const parseCount =
  (min: number) =>
  (text: string): number => {
    const count = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!Number.isSafeInteger(count) || count < min) {
      throw new InvalidArgumentError(`Give a whole number from ${min} on.`);
    }
    return count;
  };
