import { Argument, InvalidArgumentError, Option } from 'commander';
import type { Role } from '../api/index.ts';

const ROLES: readonly Role[] = ['admin', 'writer', 'reader', 'replica'];

/** `--role` with its choices. */
export const roleOption = (what: string): Option => new Option('--role <role>', what).choices(ROLES);

/** A role as an argument. */
export const roleArgument = (): Argument => new Argument('<role>', 'what it may do').choices(ROLES);

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

/** A time such as `2026-11-20`, `2026-11-20T18:00` or `2026-11-20T18:00Z`, local without a zone; ms since 1970. */
export const parseTime = (text: string): number => {
  const isDate = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const timeMs = /^\d{4}-\d{2}-\d{2}(?:T.+)?$/.test(text)
    ? Date.parse(isDate ? `${text}T00:00` : text)
    : Number.NaN;
  if (Number.isNaN(timeMs)) throw new InvalidArgumentError('Give a time as in 2026-11-20T18:00.');
  return timeMs;
};
