import { type Naming, type NodeId, TOP } from './operation.ts';

/** A name in a folder, and what is called so, if anything is. */
export interface Spot {
  readonly folder: NodeId;
  readonly name: string;
  readonly node: NodeId | undefined;
}

/** The names of files and folders, as operations make them. */
export class Names {
  readonly #folders = new Map<NodeId, Map<string, NodeId>>([[TOP, new Map()]]);

  isFolder(node: NodeId): boolean {
    return this.#folders.has(node);
  }

  /** Where a path leads, whose parts are divided by slashes; undefined where a folder on the way is missing. */
  spot(path: string): Spot | undefined {
    if (path === '') return { folder: TOP, name: '', node: TOP };
    const steps = path.split('/');
    const name = steps.pop() ?? '';
    let folder: NodeId | undefined = TOP;
    for (const step of steps)
      folder = folder === undefined ? undefined : this.#folders.get(folder)?.get(step);
    const entries = folder === undefined ? undefined : this.#folders.get(folder);
    return folder === undefined || entries === undefined
      ? undefined
      : { folder, name, node: entries.get(name) };
  }

  /** All paths; a folder comes before what is in it. */
  *paths(folder: NodeId = TOP, prefix = ''): Iterable<readonly [path: string, node: NodeId]> {
    for (const [name, node] of this.#folders.get(folder) ?? []) {
      yield [prefix + name, node];
      yield* this.paths(node, `${prefix}${name}/`);
    }
  }

  /** @throws RangeError when there is no such folder, or no such name in it */
  apply(naming: Naming): void {
    const { folder, name } = naming;
    const entries = this.#entriesOf(folder);
    if (naming.type === 'make') {
      entries.set(name, naming.node);
      if (naming.isFolder) this.#folders.set(naming.node, new Map());
      return;
    }
    const node = entries.get(name);
    if (node === undefined) throw new RangeError(`folder ${folder} has no "${name}"`);
    if (naming.type !== 'link') entries.delete(name);
    if (naming.type !== 'remove') this.#entriesOf(naming.toFolder).set(naming.toName, node);
  }

  #entriesOf(folder: NodeId): Map<string, NodeId> {
    const entries = this.#folders.get(folder);
    if (entries === undefined) throw new RangeError(`there is no folder ${folder}`);
    return entries;
  }
}
