import type { DrawStream } from '../draws/index.ts';
import { isConnected, type Pair, Pairs } from './pairs.ts';
import type { Scenario } from './scenario-schema.ts';

type Topology = Exclude<Scenario['topology'], string>;

const DEGREE_BY_DEFAULT = 4;

/** Swaps for each pair until nothing is left of the order that it began with. */
const SWAPS = 10;

/** How often it is tried to make a random graph that hangs together. */
const TRIES = 50;

/** All pairs of a topology, in order. Whatever is drawn, all devices can be reached from each. */
export const pairsOf = (
  topology: Scenario['topology'],
  count: number,
  stream: DrawStream,
): readonly Pair[] => {
  const pairs = new Pairs();
  build(typeof topology === 'string' ? byDefault(topology) : topology, count, stream, pairs);
  return pairs.all().toSorted(([a, b], [c, d]) => a - c || b - d);
};

const byDefault = (kind: Topology['kind']): Topology => {
  switch (kind) {
    case 'clusters':
      return { kind, clusters: 2, bridges: 1 };
    case 'regular':
      return { kind, degree: DEGREE_BY_DEFAULT };
    case 'smallWorld':
      return { kind, degree: DEGREE_BY_DEFAULT, shortcutPercent: 20 };
    default:
      return { kind };
  }
};

const build = (topology: Topology, count: number, stream: DrawStream, pairs: Pairs): void => {
  switch (topology.kind) {
    case 'full':
      addFull(pairs, 0, count);
      break;
    case 'ring':
      addLattice(pairs, count, 2);
      break;
    case 'star':
      for (let device = 1; device < count; device += 1) pairs.add(0, device);
      break;
    case 'clusters':
      addClusters(pairs, count, topology, stream);
      break;
    case 'regular':
      addRegular(pairs, count, topology.degree, stream);
      break;
    case 'smallWorld':
      addLattice(pairs, count, topology.degree);
      for (const [from] of pairs.all()) {
        if (stream.chance(topology.shortcutPercent * 10_000)) pairs.add(from, stream.below(count));
      }
  }
};

const addFull = (pairs: Pairs, from: number, to: number): void => {
  for (let a = from; a < to; a += 1) for (let b = a + 1; b < to; b += 1) pairs.add(a, b);
};

/** Each device with its nearest ones on a ring; an odd degree also with the one across, where there is one. */
const addLattice = (pairs: Pairs, count: number, degree: number): void => {
  if (degree >= count - 1) {
    addFull(pairs, 0, count);
    return;
  }
  const across = degree % 2 === 0 ? 0 : count % 2 === 0 ? count / 2 : Math.ceil(degree / 2);
  for (let a = 0; a < count; a += 1) {
    for (let step = 1; step <= Math.floor(degree / 2); step += 1) pairs.add(a, (a + step) % count);
    if (across > 0) pairs.add(a, (a + across) % count);
  }
};

/** Clusters within which all know each other, joined to a ring by a few pairs each. */
const addClusters = (
  pairs: Pairs,
  count: number,
  { clusters, bridges }: Topology & { readonly kind: 'clusters' },
  stream: DrawStream,
): void => {
  const parts = Math.min(clusters, count);
  const begin = (part: number): number => Math.floor((part * count) / parts);
  const someOf = (part: number): number => begin(part) + stream.below(begin(part + 1) - begin(part));
  for (let part = 0; part < parts; part += 1) addFull(pairs, begin(part), begin(part + 1));
  for (let part = 0; part < parts; part += 1) {
    if (part === 1 && parts === 2) continue;
    for (let bridge = 0; bridge < bridges; bridge += 1) pairs.add(someOf(part), someOf((part + 1) % parts));
  }
};

/**
 * All devices of one degree, drawn: a lattice whose pairs swap ends until nothing is left of its order. Where both
 * the count and the degree are odd there is no such graph, and the degree is one more.
 */
const addRegular = (pairs: Pairs, count: number, degree: number, stream: DrawStream): void => {
  const lattice = new Pairs();
  addLattice(lattice, count, degree);
  let graph = lattice;
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const swapped = swapEnds(lattice.all(), stream);
    if (!isConnected(swapped.all(), [...Array(count).keys()])) continue;
    graph = swapped;
    break;
  }
  for (const [a, b] of graph.all()) pairs.add(a, b);
};

const swapEnds = (pairs: readonly Pair[], stream: DrawStream): Pairs => {
  const held = new Pairs();
  const list = [...pairs];
  for (const [a, b] of list) held.add(a, b);
  for (let swap = 0; swap < SWAPS * list.length; swap += 1) {
    const [i, j] = [stream.below(list.length), stream.below(list.length)];
    const [[a, b], [c, d]] = [list[i] ?? [0, 0], list[j] ?? [0, 0]];
    const [first, second] = stream.below(2) === 0 ? ([d, c] as const) : ([c, d] as const);
    if (a === first || b === second || held.has(a, first) || held.has(b, second)) continue;
    held.remove(a, b);
    held.remove(c, d);
    held.add(a, first);
    held.add(b, second);
    [list[i], list[j]] = [
      [a, first],
      [b, second],
    ];
  }
  return held;
};
