import { EXPONENTIAL, STEPS, UNIT } from './exponential.ts';
import { philox } from './philox.ts';

/** What is decided by chance. To add one at the end shifts no draw of the others. */
export const CONCERNS = [
  'topology',
  'latency',
  'loss',
  'duplication',
  'disk',
  'clock',
  'churn',
  'workload',
  'byzantine',
  'engine',
  'ties',
] as const;

export type Concern = (typeof CONCERNS)[number];

/** Largest number of a device or of a link that can be told apart. */
const ENTITY_MAX = 2 ** 32 - 1;

/**
 * All chance of a run: the draw number `n` for an entity in a concern is a pure function of the seed. Switching one
 * fault off therefore leaves the draws of all others as they are, which is what makes a failing run shrink.
 */
export class Draws {
  readonly #key: readonly [number, number];

  /** @param seed of 64 bits; higher ones are cut off */
  constructor(seed: bigint) {
    this.#key = [Number(seed & 0xffff_ffffn), Number((seed >> 32n) & 0xffff_ffffn)];
  }

  /** The draws for one entity in one concern, from the first on. */
  stream(concern: Concern, entity = 0): DrawStream {
    if (!Number.isInteger(entity) || entity < 0 || entity > ENTITY_MAX) {
      throw new RangeError(`${entity} is not the number of an entity`);
    }
    return new DrawStream(this.#key, CONCERNS.indexOf(concern), entity);
  }
}

/** A sequence of draws. Whoever holds one is the only one to draw from it. */
export class DrawStream {
  readonly #key: readonly [number, number];
  readonly #concern: number;
  readonly #entity: number;
  #count = 0;

  constructor(key: readonly [number, number], concern: number, entity: number) {
    this.#key = key;
    this.#concern = concern;
    this.#entity = entity;
  }

  /** How many draws have been made. */
  get count(): number {
    return this.#count;
  }

  /** 32 bits. */
  word(): number {
    const at = this.#count;
    this.#count += 1;
    return philox(this.#key, [at >>> 0, Math.floor(at / 2 ** 32), this.#entity, this.#concern])[0];
  }

  /** An integer from 0 up to `count`, that left out; each is as likely as any other to one part in 2^32. */
  below(count: number): number {
    if (!Number.isInteger(count) || count < 1 || count > 2 ** 32)
      throw new RangeError(`0 to ${count} is no range`);
    const word = this.word();
    // The upper half of word * count, which fits no double: by halves of the count.
    const [high, low] = [Math.floor(count / 0x10000), count % 0x10000];
    return Math.floor((word * high + Math.floor((word * low) / 0x10000)) / 0x10000);
  }

  /** An integer from `min` to `max`, both included. */
  between(min: number, max: number): number {
    return min + this.below(max - min + 1);
  }

  /** True in so many cases out of a million. */
  chance(perMillion: number): boolean {
    return this.below(1_000_000) < perMillion;
  }

  /** An exponentially distributed integer with this mean, up to about 7.6 times the mean. */
  exponential(mean: number): number {
    const factor = EXPONENTIAL[this.below(STEPS)] ?? 0;
    return Math.floor((mean * factor) / UNIT);
  }

  /** One of several; undefined when there is none, without a draw. */
  pick<Item>(items: readonly Item[]): Item | undefined {
    return items.length === 0 ? undefined : items[this.below(items.length)];
  }

  /** All of them in an order of its own (Fisher and Yates). */
  shuffled<Item>(items: readonly Item[]): readonly Item[] {
    const order = [...items];
    for (let last = order.length - 1; last > 0; last -= 1) {
      const other = this.below(last + 1);
      [order[last], order[other]] = [order[other] as Item, order[last] as Item];
    }
    return order;
  }
}
