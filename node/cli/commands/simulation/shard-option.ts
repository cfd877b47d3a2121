import { InvalidArgumentError } from 'commander';
import type { SimSweepInput } from '../../simulator.ts';

/** Reads the value of an option such as `2/8`. */
export const parseShard = (text: string): SimSweepInput['shard'] => {
  const [, number, of] = /^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? [];
  const shard = { number: Number(number), of: Number(of) };
  if (number === undefined || shard.number < 1 || shard.number > shard.of) {
    throw new InvalidArgumentError(
      'Give the number of a part and how many there are, from 1/1 on, as in 2/8.',
    );
  }
  return shard;
};
