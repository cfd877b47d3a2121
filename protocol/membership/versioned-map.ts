/** A value, and the one that it replaced. */
interface Node<V> {
  readonly version: number;
  readonly value: V;
  readonly older: Node<V> | undefined;
}

/**
 * A map of which every version stays readable: each key has all of its values, the newest first, with the version from
 * which on they hold (the fat nodes of Driscoll, Sarnak, Sleator and Tarjan, 1989). A change costs as much as in an
 * ordinary map, however large that is. Versions are numbers, and none is written to once a later one has been.
 */
export class VersionedMap<K, V> {
  readonly #nodes = new Map<K, Node<V>>();

  /** The value of a key in a version. */
  get(version: number, key: K): V | undefined {
    let node = this.#nodes.get(key);
    while (node !== undefined && node.version > version) node = node.older;
    return node?.value;
  }

  /** Sets a value from a version on. */
  set(version: number, key: K, value: V): void {
    const node = this.#nodes.get(key);
    const older = node?.version === version ? node.older : node;
    this.#nodes.set(key, { version, value, older });
  }

  /** The values of a version, in the order in which their keys were first set. */
  *values(version: number): Iterable<V> {
    for (const key of this.#nodes.keys()) {
      const value = this.get(version, key);
      if (value !== undefined) yield value;
    }
  }
}
