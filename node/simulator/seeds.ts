/** The seed that comes so many after another one; seeds have 64 bits, and the first follows the last. */
export const seedAfter = (seed: bigint, count: number): bigint => BigInt.asUintN(64, seed + BigInt(count));
