import { InvalidArgumentError } from 'commander';

const SEED_MAX = 2n ** 64n - 1n;

/** Reads the value of an option that is a seed. */
export const parseSeed = (text: string): bigint => {
  const seed = /^\d{1,20}$/.test(text) ? BigInt(text) : undefined;
  if (seed === undefined || seed > SEED_MAX) {
    throw new InvalidArgumentError('Give a whole number from 0 to 18446744073709551615.');
  }
  return seed;
};
