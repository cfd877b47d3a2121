import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ChainCut, cutChains, type GitCommit } from '../../../protocol/git-history/index.ts';
import { naivePasts } from './naive-history.ts';

const commit = (id: string, author: string, parents: readonly string[], writes = true): GitCommit => ({
  id,
  parents,
  author,
  authoredAtMs: 0,
  changes: writes ? [{ path: 'a', blob: null }] : [],
});

const places = (cut: ChainCut): readonly string[] =>
  cut.commits.map(({ commit: { id }, chain, position, seen }) => {
    const known = seen.map((point) => `${point.chain}@${point.position}`);
    return [`${id}=${chain}@${position}`, ...known].join(' ');
  });

/** Histories of commits with up to three parents, some of which change nothing. */
const histories = fc
  .array(
    fc.record({
      back: fc.uniqueArray(fc.integer({ min: 1, max: 6 }), { maxLength: 3 }),
      author: fc.constantFrom('A', 'B', 'C'),
      writes: fc.integer({ min: 0, max: 3 }).map((value) => value > 0),
    }),
    { maxLength: 25 },
  )
  .map((shapes) =>
    shapes.map(({ back, author, writes }, index) => {
      const parents = back.map((step) => index - step).filter((parent) => parent >= 0);
      return commit(
        `c${index}`,
        author,
        parents.map((parent) => `c${parent}`),
        writes,
      );
    }),
  );

describe('cutChains', () => {
  test('authors who take turns on one line have one chain each', () => {
    const cut = cutChains([
      commit('1', 'A', []),
      commit('2', 'B', ['1']),
      commit('3', 'A', ['2']),
      commit('4', 'A', ['3']),
      commit('5', 'B', ['4']),
    ]);
    expect(places(cut)).toEqual(['1=0@1', '2=1@1 0@1', '3=0@2 1@1', '4=0@3', '5=1@2 0@3']);
    expect(cut.chains).toEqual([
      { author: 'A', length: 3 },
      { author: 'B', length: 2 },
    ]);
  });

  test('an author on two branches has two chains, and the merge goes on with the later', () => {
    const cut = cutChains([
      commit('1', 'A', []),
      commit('2', 'A', ['1']),
      commit('3', 'A', ['1']),
      commit('4', 'A', ['2', '3']),
    ]);
    expect(places(cut)).toEqual(['1=0@1', '2=0@2', '3=1@1 0@1', '4=1@2 0@2']);
  });

  test('a merge that changes nothing has no place, and passes on what it knows', () => {
    const cut = cutChains([
      commit('1', 'A', []),
      commit('2', 'A', ['1']),
      commit('3', 'B', ['1']),
      commit('4', 'C', ['2', '3'], false),
      commit('5', 'C', ['4'], false),
      commit('6', 'B', ['5']),
    ]);
    expect(places(cut)).toEqual(['1=0@1', '2=0@2', '3=1@1 0@1', '6=1@2 0@2']);
  });

  test('what the chains and seen points reach are exactly the ancestors that change something', () => {
    fc.assert(
      fc.property(histories, (commits) => {
        const cut = cutChains(commits);
        const writing = commits.filter(({ changes }) => changes.length > 0);
        expect(cut.commits.map((placed) => placed.commit)).toEqual(writing);
        const reached = new Map<string, ReadonlySet<string>>();
        const ancestors = naivePasts(commits);
        for (const { commit: own, chain, position, seen } of cut.commits) {
          const points = position > 1 ? [{ chain, position: position - 1 }, ...seen] : seen;
          const known = points.flatMap((point) => [
            ...(reached.get(`${point.chain}@${point.position}`) ?? []),
          ]);
          reached.set(`${chain}@${position}`, new Set([...known, own.id]));
          const expected = writing.filter(({ id }) => ancestors.get(own.id)?.has(id)).map(({ id }) => id);
          expect([...new Set([...known, own.id])].sort()).toEqual(expected.sort());
        }
      }),
      { numRuns: 500 },
    );
  });

  test('chains have one author, count from 1 without gaps, and name other chains once each', () => {
    fc.assert(
      fc.property(histories, (commits) => {
        const cut = cutChains(commits);
        const lengths = new Map<number, number>();
        for (const { commit: own, chain, position, seen } of cut.commits) {
          expect(position).toBe((lengths.get(chain) ?? 0) + 1);
          lengths.set(chain, position);
          expect(cut.chains[chain]?.author).toBe(own.author);
          const others = seen.map((point) => point.chain);
          expect(others).toEqual([...new Set(others)].sort((a, b) => a - b));
          expect(others).not.toContain(chain);
        }
        expect(cut.chains.map(({ length }) => length)).toEqual(cut.chains.map((_, i) => lengths.get(i)));
      }),
    );
  });

  test('no two chains of one author could be joined end to start', () => {
    fc.assert(
      fc.property(histories, (commits) => {
        const cut = cutChains(commits);
        const pasts = naivePasts(commits);
        for (const [i, { author, length }] of cut.chains.entries()) {
          const end = cut.commits.find(({ chain, position }) => chain === i && position === length);
          const starts = cut.commits.filter(
            ({ commit: own, chain, position }) => chain !== i && position === 1 && own.author === author,
          );
          for (const start of starts) {
            expect(pasts.get(start.commit.id)?.has(end?.commit.id ?? '')).toBe(false);
          }
        }
      }),
    );
  });

  test('parents must come first', () => {
    expect(() => cutChains([commit('2', 'A', ['1']), commit('1', 'A', [])])).toThrow(
      new RangeError('parent 1 does not come before its child 2'),
    );
  });

  test('a long history with many branches stays quick', () => {
    const commits: GitCommit[] = [commit('m0', 'A', [])];
    for (let i = 1; i <= 5000; i += 1) {
      commits.push(commit(`b${i}`, `B${i % 50}`, [`m${Math.max(0, i - 1 - (i % 20))}`]));
      commits.push(commit(`m${i}`, 'A', [`m${i - 1}`, `b${i}`]));
    }
    const cut = cutChains(commits);
    expect(cut.commits).toHaveLength(10_001);
    expect(cut.commits.filter(({ chain }) => chain === 0)).toHaveLength(5001);
  });
});
