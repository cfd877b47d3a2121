/** Devices that keep up a session, the smaller number first. */
export type Pair = readonly [number, number];

/** Pairs, each once. */
export class Pairs {
  readonly #pairs = new Map<number, Pair>();

  /** False where it is there already, or is none. */
  add(a: number, b: number): boolean {
    if (a === b || this.has(a, b)) return false;
    this.#pairs.set(keyOf(a, b), a < b ? [a, b] : [b, a]);
    return true;
  }

  has(a: number, b: number): boolean {
    return this.#pairs.has(keyOf(a, b));
  }

  remove(a: number, b: number): void {
    this.#pairs.delete(keyOf(a, b));
  }

  all(): readonly Pair[] {
    return [...this.#pairs.values()];
  }
}

/** Whether each of some devices reaches all others of them over pairs of theirs. */
export const isConnected = (pairs: readonly Pair[], devices: readonly number[]): boolean => {
  const parent = new Map(devices.map((device) => [device, device]));
  const root = (device: number): number => {
    let at = device;
    for (let up = parent.get(at) ?? at; up !== at; up = parent.get(at) ?? at) {
      parent.set(at, parent.get(up) ?? up);
      at = up;
    }
    return at;
  };
  let parts = devices.length;
  for (const [a, b] of pairs) {
    if (!parent.has(a) || !parent.has(b)) continue;
    const [first, second] = [root(a), root(b)];
    if (first === second) continue;
    parent.set(first, second);
    parts -= 1;
  }
  return parts <= 1;
};

const keyOf = (a: number, b: number): number => Math.min(a, b) * 2 ** 20 + Math.max(a, b);
