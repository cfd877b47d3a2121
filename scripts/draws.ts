import { createHash } from 'node:crypto';

/**
 * Random draws of one concern, all of them from the seed. Draws are counted by concern, so how often one draws
 * does not shift what another one gets.
 */
export class Draws {
  readonly #stream: string;
  #count = 0;

  constructor(seed: number, concern: string) {
    this.#stream = `${seed} ${concern}`;
  }

  /** From 0 up to 1. */
  share(): number {
    this.#count += 1;
    const hash = createHash('sha256').update(`${this.#stream} ${this.#count}`).digest();
    return hash.readUInt32BE() / 2 ** 32;
  }

  chance(probability: number): boolean {
    return this.share() < probability;
  }

  /** A whole number, both bounds included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.share() * (most - least + 1));
  }

  /** One of several, each as likely as its weight says. */
  weighted<Choice extends string>(weights: Readonly<Record<Choice, number>>): Choice {
    const entries = Object.entries(weights) as [Choice, number][];
    let left = this.share() * entries.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [choice, weight] of entries) {
      left -= weight;
      if (left < 0) return choice;
    }
    throw new RangeError('nothing to choose from');
  }
}
