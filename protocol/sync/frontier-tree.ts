import { compareStrings, hexEncode, utf8Encode } from '../bytes/index.ts';
import { type Crypto, domainHash, HASH_BYTES } from '../crypto/index.ts';
import type { Origin } from '../event/index.ts';
import type { FrontierEntry } from './frontier.ts';
import { SYNC_LIMITS } from './limits.ts';

/** Children of a node: one for each hexadecimal digit. */
const DIGITS = '0123456789abcdef';

/** Bytes of a node's hash that are shown: enough to tell equal nodes from different ones. */
export const SHOWN_HASH_BYTES = 16;

/** The hash of a node without entries. */
const EMPTY_NODE: Uint8Array = new Uint8Array(HASH_BYTES);

/** What a node shows: its entries if they are few, the hashes of its 16 children, shortened, otherwise. */
export type NodeContent =
  | { readonly type: 'entries'; readonly entries: readonly FrontierEntry[] }
  | { readonly type: 'children'; readonly hashes: readonly Uint8Array[] };

interface Item {
  /** SHA-256 of the origin, in hexadecimal. */
  readonly key: string;
  readonly entry: FrontierEntry;
}

interface Leaf {
  readonly type: 'leaf';
  readonly items: Map<Origin, Item>;
  hash: Uint8Array | undefined;
}

interface Branch {
  readonly type: 'branch';
  readonly children: Node[];
  count: number;
  hash: Uint8Array | undefined;
}

type Node = Leaf | Branch;

/**
 * A frontier as a 16-way trie over SHA-256(origin), so that two replicas find where they differ without looking
 * at what is equal. Paths are hexadecimal digits from the root. A node of up to 32 entries is hashed as they
 * stand, in order of their keys; one of more is hashed over its children:
 *
 * ```
 * leaf   = SHA-256( 0x10 || uint8(digits of the path) || path || entry || entry ... )
 * branch = SHA-256( 0x11 || uint8(digits of the path) || path || hash of child 0 || ... || hash of child f )
 * entry  = uint8(bytes of origin) || origin || uint8(1 sealed, 2 frozen, else 0) || uint32be(segment)
 *          || uint32be(events) || uint64be(seq) || commitment
 * ```
 *
 * A node without entries has the hash of 32 zero bytes. Which nodes are leaves follows from the entries alone.
 * Hashes are kept until an entry below changes.
 */
export class FrontierTree {
  readonly #crypto: Crypto;
  readonly #items = new Map<Origin, Item>();
  #root: Node = leafOf([]);

  constructor(crypto: Crypto) {
    this.#crypto = crypto;
  }

  /** Adds the entry of a log, in place of the one before. */
  set(entry: FrontierEntry): void {
    const key =
      this.#items.get(entry.origin)?.key ?? hexEncode(this.#crypto.sha256(utf8Encode(entry.origin)));
    const item = { key, entry };
    const isNew = !this.#items.has(entry.origin);
    this.#items.set(entry.origin, item);
    this.#root = insert(this.#root, item, 0, isNew);
  }

  get(origin: Origin): FrontierEntry | undefined {
    return this.#items.get(origin)?.entry;
  }

  /** Logs in the tree. */
  get size(): number {
    return this.#items.size;
  }

  /** Stands for the whole frontier, in 16 bytes: equal digests, equal entries. */
  digest(): Uint8Array {
    return shownHash(this.hash(''));
  }

  /** Hash of the node at a path. */
  hash(path: string): Uint8Array {
    const { node, within } = this.#find(path);
    return within === path ? this.#hash(node, path) : this.#hash(leafOf(below(node, path)), path);
  }

  /** Entries below a path: how many. */
  count(path: string): number {
    const { node, within } = this.#find(path);
    return within === path ? countOf(node) : below(node, path).length;
  }

  /** Entries below a path, in no particular order. */
  *entries(path = ''): Iterable<FrontierEntry> {
    const items = path === '' ? this.#items.values() : itemsOf(this.#find(path).node);
    for (const { key, entry } of items) if (key.startsWith(path)) yield entry;
  }

  /** What the node at a path shows. */
  content(path: string): NodeContent {
    if (this.count(path) <= SYNC_LIMITS.treeLeafEntries)
      return { type: 'entries', entries: [...this.entries(path)] };
    return { type: 'children', hashes: childPaths(path).map((child) => shownHash(this.hash(child))) };
  }

  /** The node at a path, or the leaf above that holds its entries. */
  #find(path: string): { readonly node: Node; readonly within: string } {
    let node = this.#root;
    for (let depth = 0; ; depth += 1) {
      const child = node.type === 'branch' ? node.children[digitAt(path, depth)] : undefined;
      if (depth === path.length || child === undefined) return { node, within: path.slice(0, depth) };
      node = child;
    }
  }

  #hash(node: Node, path: string): Uint8Array {
    if (countOf(node) === 0) return EMPTY_NODE;
    const place = [Uint8Array.of(path.length), utf8Encode(path)];
    if (node.type === 'leaf') {
      node.hash ??= domainHash(this.#crypto, 'frontierLeaf', [...place, ...hashedItems(node)]);
    } else if (node.hash === undefined) {
      const hashes = node.children.map((child, i) => this.#hash(child, path + DIGITS[i]));
      node.hash = domainHash(this.#crypto, 'frontierNode', [...place, ...hashes]);
    }
    return node.hash;
  }
}

/** Digest of a whole frontier: replicas with equal digests hold the same logs, equally far, with equal histories. */
export const frontierDigest = (crypto: Crypto, entries: Iterable<FrontierEntry>): Uint8Array => {
  const tree = new FrontierTree(crypto);
  for (const entry of entries) tree.set(entry);
  return tree.digest();
};

/** As much of a node's hash as is shown. */
export const shownHash = (hash: Uint8Array): Uint8Array => hash.subarray(0, SHOWN_HASH_BYTES);

/** Paths of the children of a node. */
export const childPaths = (path: string): readonly string[] => [...DIGITS].map((digit) => path + digit);

const leafOf = (items: readonly Item[]): Leaf => ({
  type: 'leaf',
  items: new Map(items.map((item) => [item.entry.origin, item])),
  hash: undefined,
});

const digitAt = (path: string, depth: number): number => DIGITS.indexOf(path[depth] ?? '');

const countOf = (node: Node): number => (node.type === 'leaf' ? node.items.size : node.count);

/** The node with an item put in, at a depth; a leaf that grows too large becomes a branch. */
const insert = (node: Node, item: Item, depth: number, isNew: boolean): Node => {
  node.hash = undefined;
  if (node.type === 'branch') {
    const digit = digitAt(item.key, depth);
    const child = node.children[digit] ?? leafOf([]);
    node.children[digit] = insert(child, item, depth + 1, isNew);
    node.count += isNew ? 1 : 0;
    return node;
  }
  node.items.set(item.entry.origin, item);
  if (node.items.size <= SYNC_LIMITS.treeLeafEntries) return node;
  const branch: Branch = {
    type: 'branch',
    children: [...DIGITS].map(() => leafOf([])),
    count: 0,
    hash: undefined,
  };
  return [...node.items.values()].reduce<Node>((grown, each) => insert(grown, each, depth, true), branch);
};

function* itemsOf(node: Node): Iterable<Item> {
  if (node.type === 'leaf') yield* node.items.values();
  else for (const child of node.children) yield* itemsOf(child);
}

const below = (node: Node, path: string): readonly Item[] =>
  [...itemsOf(node)].filter(({ key }) => key.startsWith(path));

const hashedItems = ({ items }: Leaf): readonly Uint8Array[] =>
  [...items.values()].sort((a, b) => compareStrings(a.key, b.key)).map(({ entry }) => hashedEntry(entry));

const hashedEntry = ({
  origin,
  segment,
  events,
  seq,
  sealed,
  frozen,
  commitment,
}: FrontierEntry): Uint8Array => {
  const name = utf8Encode(origin);
  const bytes = new Uint8Array(1 + name.length + 17 + commitment.length);
  const view = new DataView(bytes.buffer);
  const at = 1 + name.length;
  bytes[0] = name.length;
  bytes.set(name, 1);
  bytes[at] = frozen ? 2 : Number(sealed);
  view.setUint32(at + 1, segment);
  view.setUint32(at + 5, events);
  view.setBigUint64(at + 9, BigInt(seq));
  bytes.set(commitment, at + 17);
  return bytes;
};
