import { describe, expect, it } from 'vitest';
import { Descent } from '../../../protocol/sync/descent.ts';
import { childPaths } from '../../../protocol/sync/frontier-tree.ts';
import { SYNC_LIMITS, type SyncFrame } from '../../../protocol/sync/index.ts';
import { hello, numberedEntry, Side } from '../../support/session-side.ts';

/** Lets two sides meet and returns every frame. */
const framesOf = (a: Side, b: Side): readonly SyncFrame[] => {
  const all: SyncFrame[] = [];
  a.open();
  b.open();
  while (a.sent.length + b.sent.length > 0) {
    const [fromA, fromB] = [a.take(), b.take()];
    all.push(...fromA, ...fromB);
    for (const frame of fromA) b.receive(frame);
    for (const frame of fromB) a.receive(frame);
  }
  return all;
};

const entriesIn = (frames: readonly SyncFrame[]): number =>
  frames.reduce((sum, frame) => {
    if (frame.type === 'frontier') return sum + frame.entries.length;
    return (
      sum + (frame.type === 'node' && frame.content.type === 'entries' ? frame.content.entries.length : 0)
    );
  }, 0);

const holding = (storeId: string, count: number, events = 1): Side => {
  const side = new Side(storeId);
  for (let i = 0; i < count; i += 1) side.holdEntry(numberedEntry(i, events));
  return side;
};

const LEAF = SYNC_LIMITS.treeLeafEntries;

describe('a descent', () => {
  it.each([
    ['at the size of a leaf, by its root alone', LEAF, 1],
    ['one past it, by one more level', LEAF + 1, 2],
    ['of many', 6000, 3],
  ])('finds one log that differs %s', (_, count, levels) => {
    const [a, b] = [holding('a', count), holding('b', count)];
    b.holdEntry(numberedEntry(7, 2));
    const frames = framesOf(a, b);
    expect(frames.filter(({ type }) => type === 'node')).toHaveLength(levels);
    expect([...a.session.remote.ahead()]).toEqual([numberedEntry(7).origin]);
    expect([...b.session.remote.ahead()]).toEqual([]);
    expect(entriesIn(frames)).toBeLessThanOrEqual(LEAF + 1);
    for (const side of [a, b]) {
      expect(side.session.remoteKnown).toBe(true);
      expect(side.session.remote.entry(numberedEntry(9).origin)).toEqual(numberedEntry(9));
    }
    expect(a.session.remote.entry(numberedEntry(7).origin)).toEqual(numberedEntry(7, 2));
    expect(b.session.remote.entry(numberedEntry(7).origin)).toEqual(numberedEntry(7));
  });

  it.each([
    ['all', 0],
    ['all but a few', 40],
  ])('tells %s of very many logs to who lacks them, whoever drives', (_, common) => {
    for (const swapped of [false, true]) {
      const [poor, rich] = swapped
        ? [holding('a', common), holding('b', 3000)]
        : [holding('b', common, 2), holding('a', 3000)];
      framesOf(poor, rich);
      expect([...poor.session.remote.ahead()]).toHaveLength(3000 - common);
      expect([...rich.session.remote.ahead()]).toHaveLength(swapped ? 0 : common);
    }
  });

  it('asks for so many nodes at a time', () => {
    const [a, b] = [holding('a', 6000), holding('b', 6000, 2)];
    for (const frame of framesOf(a, b)) {
      if (frame.type === 'look') expect(frame.paths.length).toBeLessThanOrEqual(SYNC_LIMITS.looksMax);
    }
    expect([...a.session.remote.ahead()]).toHaveLength(6000);
  });

  it('does not follow a tree without an end', () => {
    const side = new Side('a').open();
    side.receive(hello({ frontierDigest: new Uint8Array(16).fill(1) }));
    const hashes = Array.from({ length: 16 }, (_, i) => new Uint8Array(32).fill(i + 1).subarray(16));
    const asked = [''];
    for (let path = asked.pop(); path !== undefined; path = asked.pop()) {
      side.receive(
        path.length < 60
          ? { type: 'node', path, content: { type: 'children', hashes } }
          : { type: 'node', path, content: { type: 'entries', entries: [] } },
      );
      for (const frame of side.take()) if (frame.type === 'look') asked.push(...frame.paths);
    }
    expect(side.faults).toEqual(['past_limit']);
  });
});

describe('a side that is asked for nodes', () => {
  it('shows as many as the largest frontier has, and not one more', () => {
    const side = holding('a', 3).open();
    // The digest of nothing is the smaller one, so the other side drives.
    side.receive(hello());
    const { descentNodesMax, looksMax } = SYNC_LIMITS;
    const look = (count: number): SyncFrame => ({ type: 'look', paths: new Array(count).fill('ff') });
    // The root was shown unasked.
    side.receive(look(looksMax - 1));
    for (let nodes = looksMax; nodes < descentNodesMax; nodes += looksMax) side.receive(look(looksMax));
    expect(side.faults).toEqual([]);
    expect(side.take().filter(({ type }) => type === 'node')).toHaveLength(descentNodesMax);
    side.receive(look(1));
    expect(side.faults).toEqual(['past_limit']);
  });
});

describe('the nodes that a descent has to see', () => {
  it('begin with the root, which comes unasked', () => {
    const descent = new Descent();
    expect([descent.arrived('a'), descent.arrived(''), descent.done]).toEqual([false, true, true]);
  });

  it('are asked for up to the limit at once, each once', () => {
    const descent = new Descent();
    descent.arrived('');
    const paths = [...'012345'].flatMap(childPaths);
    for (const path of paths) descent.add(path);
    const first = descent.next();
    expect(first).toHaveLength(SYNC_LIMITS.looksMax);
    expect(descent.next()).toEqual([]);
    for (const path of first) expect(descent.arrived(path)).toBe(true);
    expect(descent.arrived(first[0] ?? '')).toBe(false);
    expect(descent.done).toBe(false);
    const second = descent.next();
    expect(new Set([...first, ...second])).toEqual(new Set(paths));
    for (const path of second) descent.arrived(path);
    expect(descent.done).toBe(true);
  });
});
