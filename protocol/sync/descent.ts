import { SYNC_LIMITS } from './limits.ts';

/** Which nodes of the remote's frontier tree this side still has to see; the root comes without being asked for. */
export class Descent {
  readonly #due: string[] = [];
  readonly #asked = new Set<string>(['']);
  #nodes = 1;

  /** A node has come; false when it was not asked for. */
  arrived(path: string): boolean {
    return this.#asked.delete(path);
  }

  /** Notes a node that has to be seen. */
  add(path: string): void {
    this.#due.push(path);
  }

  /** Nodes to ask for now. The deepest go first, so that few wait at any time. */
  next(): readonly string[] {
    const room = SYNC_LIMITS.looksMax - this.#asked.size;
    const paths = this.#due.splice(Math.max(0, this.#due.length - room));
    for (const path of paths) this.#asked.add(path);
    this.#nodes += paths.length;
    return paths;
  }

  /** Whether everything has been seen. */
  get done(): boolean {
    return this.#due.length + this.#asked.size === 0;
  }

  /** Whether there have been more nodes than any frontier within the limits has to show. */
  get isPastLimit(): boolean {
    return this.#nodes > SYNC_LIMITS.descentNodesMax;
  }
}
