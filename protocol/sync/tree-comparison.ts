import { equalBytes } from '../bytes/index.ts';
import { Descent } from './descent.ts';
import type { SyncFault, SyncFrame, ToldEntry } from './frame.ts';
import { isSameEntry } from './frontier.ts';
import type { FrontierListener } from './frontier-listener.ts';
import type { FrontierTeller } from './frontier-teller.ts';
import { childPaths, shownHash } from './frontier-tree.ts';
import { SYNC_LIMITS } from './limits.ts';
import type { PublishedFrontier } from './published-frontier.ts';
import type { RemoteFrontier } from './remote-frontier.ts';

/** What the comparison of trees is made of. */
export interface TreeComparisonHost {
  readonly frontier: PublishedFrontier;
  readonly remote: RemoteFrontier;
  readonly teller: FrontierTeller;
  readonly listener: FrontierListener;
  send(frame: SyncFrame): void;
  close(code: SyncFault, message: string): void;
}

/**
 * Both sides of a descent through two frontier trees. Who drives asks for the nodes of the other one's tree that
 * differ from its own, and tells its own entries there; who follows shows them.
 */
export class TreeComparison {
  readonly #host: TreeComparisonHost;
  #descent = new Descent();
  /** Nodes shown to the remote that drives. */
  #shown = 0;

  constructor(host: TreeComparisonHost) {
    this.#host = host;
  }

  /** This side drives from now on; the remote's root comes unasked. */
  drive(): void {
    this.#descent = new Descent();
  }

  /** This side follows from now on. */
  follow(): void {
    this.#shown = 0;
    this.show(['']);
  }

  /** Shows nodes, by their paths. */
  show(paths: readonly string[]): void {
    const { teller, close } = this.#host;
    this.#shown += paths.length;
    if (this.#shown > SYNC_LIMITS.descentNodesMax) {
      close('past_limit', 'more nodes asked for than a frontier tree has');
    } else for (const path of paths) teller.show(path);
  }

  /**
   * A node of the remote's tree has come.
   * @returns whether everything that differs has been seen
   */
  onNode({ path, content }: Extract<SyncFrame, { type: 'node' }>): boolean {
    const { send, close } = this.#host;
    if (!this.#descent.arrived(path)) {
      close('out_of_turn', 'a node that was not asked for');
      return false;
    }
    if (content.type === 'entries') this.#compareEntries(path, content.entries);
    else for (const [i, child] of childPaths(path).entries()) this.#compareChild(child, content.hashes[i]);
    const paths = this.#descent.next();
    if (this.#descent.isPastLimit) close('past_limit', 'a frontier tree without an end');
    else if (paths.length > 0) send({ type: 'look', paths });
    return this.#descent.done;
  }

  /** The remote has shown all that it holds below a path. */
  #compareEntries(path: string, told: readonly ToldEntry[]): void {
    const { frontier, listener, teller } = this.#host;
    const remote = new Map(listener.hear(told).map((entry) => [entry.origin, entry]));
    if (frontier.count(path) > SYNC_LIMITS.treeLeafEntries) {
      // Told a part at a time: the remote sees each before it gets the next.
      for (const child of childPaths(path)) if (frontier.count(child) > 0) this.#descent.add(child);
      return;
    }
    const differing = [...frontier.entries(path)].filter((entry) => {
      const other = remote.get(entry.origin);
      return other === undefined || !isSameEntry(entry, other);
    });
    if (differing.length > 0) teller.tell(differing);
  }

  /** The remote has shown the hash of a child. */
  #compareChild(path: string, hash: Uint8Array | undefined): void {
    const { frontier, remote } = this.#host;
    const isEqual = hash !== undefined && equalBytes(hash, shownHash(frontier.hash(path)));
    if (!isEqual) this.#descent.add(path);
    else for (const entry of frontier.entries(path)) remote.learn(entry);
  }
}
