import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkBody } from '../../../protocol/event/index.ts';
import { assignToDevices, draftsOfCommit, type GitCommit } from '../../../protocol/git-history/index.ts';

const commitOf = (author: string, index: number, writes = true): GitCommit => ({
  id: `c${index}`,
  parents: [],
  author,
  authoredAtMs: 0,
  changes: writes ? [{ path: `p${index}`, blob: index % 2 ? null : 'b10b' }] : [],
});

const devices = (authors: string, count: number): string =>
  assignToDevices(
    [...authors].map((author, index) => commitOf(author, index)),
    count,
  )
    .map(({ device }) => device)
    .join('');

describe('assignToDevices', () => {
  test.each([
    ['each author to one device, the busiest first', 'ABAACB', 2, '010011'],
    ['equal authors in their order', 'BA', 2, '10'],
    ['one author is cut into runs', 'AAAAA', 2, '00011'],
    ['the longest run is cut', 'AAAABB', 3, '001122'],
    ['fewer commits than devices', 'AB', 5, '01'],
    ['no commits', '', 3, ''],
  ])('%s', (_, authors, count, expected) => {
    expect(devices(authors, count)).toBe(expected);
  });

  test('commits that change nothing are left out', () => {
    const commits = [commitOf('A', 0), commitOf('A', 1, false), commitOf('B', 2)];
    expect(assignToDevices(commits, 2).map(({ commit }) => commit.id)).toEqual(['c0', 'c2']);
  });

  test('every device writes if there are enough commits, and whole authors stay together', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('A', 'B', 'C', 'D'), { maxLength: 40 }),
        fc.integer({ min: 1, max: 8 }),
        (authors, count) => {
          const shares = assignToDevices(
            authors.map((author, index) => commitOf(author, index)),
            count,
          );
          expect(shares.map(({ commit }) => commit.author)).toEqual(authors);
          const used = new Set(shares.map(({ device }) => device));
          expect(used.size).toBe(Math.min(count, authors.length));
          expect([...used].every((device) => device >= 0 && device < count)).toBe(true);
          if (new Set(authors).size < count) return;
          // Whole authors only: none is spread over two devices.
          const homes = new Set(shares.map(({ commit, device }) => `${commit.author}${device}`));
          expect(homes.size).toBe(new Set(authors).size);
        },
      ),
    );
  });

  test.each([0, -1, 1.5, Number.NaN])('%s devices are refused', (count) => {
    expect(() => assignToDevices([], count)).toThrow(RangeError);
  });
});

describe('draftsOfCommit', () => {
  test('one event a change, which authoring accepts', () => {
    const drafts = draftsOfCommit(commitOf('Sample Author A <a@sample.invalid>', 1));
    expect(drafts).toEqual([
      {
        type: 'plos.core/StateUpdated',
        entityId: 'p1',
        payload: { blob: null },
        actor: 'Sample Author A <a@sample.invalid>',
      },
    ]);
    for (const draft of drafts) expect(checkBody({ ...draft, timestamp: 0 }).ok).toBe(true);
  });
});
