import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { utf8Encode } from '../../../protocol/bytes/index.ts';
import { CommitListParser, commitListArgs, orderHistory } from '../../../protocol/git-history/index.ts';
import { commitId, headersOf, objectId, randomHistory } from './random-history.ts';

const [ID, TREE, PARENT, OTHER] = [objectId(1), objectId(2), objectId(3), objectId(4)] as const;

const parse = (...chunks: readonly (string | Uint8Array)[]) => {
  const parser = new CommitListParser();
  for (const chunk of chunks) parser.push(typeof chunk === 'string' ? utf8Encode(chunk) : chunk);
  return parser.finish();
};

const entry = (author: string, seconds: string, parents = `${PARENT} ${OTHER}`): string =>
  `commit ${ID}\n${TREE}\0${parents}\0${author}\0${seconds}\n`;

describe('CommitListParser', () => {
  test('reads id, tree, parents, author and date', () => {
    const verdict = parse(entry('Sample Ä <a@sample.invalid>', '1700000000'));
    expect(verdict).toEqual({
      ok: true,
      value: [
        {
          id: ID,
          tree: TREE,
          parents: [PARENT, OTHER],
          author: 'Sample Ä <a@sample.invalid>',
          authoredAtMs: 1_700_000_000_000,
        },
      ],
    });
  });

  test.each([
    ['none', '', 0],
    ['one before 1970', '-5', 0],
    ['the last that an event can have', '8640000000000', 8.64e15],
    ['one past it', '8640000000001', 8.64e15],
    ['a huge one', '9'.repeat(30), 8.64e15],
    ['no number', 'yesterday', 0],
  ])('a date that is %s is bounded', (_, seconds, authoredAtMs) => {
    const verdict = parse(entry('A <a>', seconds, ''));
    expect(verdict.ok && verdict.value[0]).toMatchObject({ parents: [], authoredAtMs });
  });

  test('the chunks of the output do not matter', () => {
    const output = utf8Encode(entry('Sample Ä <a@sample.invalid>', '1') + entry('B <b>', '2', ''));
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: output.length }),
        fc.integer({ min: 0, max: output.length }),
        (a, b) => {
          const [first, second] = [Math.min(a, b), Math.max(a, b)];
          const chunks = [output.slice(0, first), output.slice(first, second), output.slice(second)];
          expect(parse(...chunks)).toEqual(parse(output));
        },
      ),
    );
  });

  test.each([
    ['a line without its end', entry('A <a>', '1').slice(0, -1)],
    ['half a commit', `commit ${ID}\n`],
    ['an unknown first line', `tree ${ID}\n${TREE}\0\0A <a>\x001\n`],
    ['a short id', `commit 12ab\n${TREE}\0\0A <a>\x001\n`],
    ['a bad parent', entry('A <a>', '1', `${PARENT} x`)],
    ['a field too few', `commit ${ID}\n${TREE}\0\0A <a>\n`],
    ['a field too many', entry('A <a>\0', '1')],
    [
      'parents that are no text',
      Uint8Array.from([...utf8Encode(`commit ${ID}\n${TREE}\0`), 0xff, 0, 65, 0, 49, 10]),
    ],
  ])('%s is malformed', (_, output) => {
    expect(parse(output)).toMatchObject({ ok: false, fault: { code: 'git_output_malformed' } });
  });

  test('no output is no commit', () => {
    expect(parse()).toEqual({ ok: true, value: [] });
  });

  test('the head can never be taken for an option', () => {
    expect(commitListArgs(ID).slice(-2)).toEqual([ID, '--']);
    expect(commitListArgs(ID, 7)).toContain('--max-count=7');
  });
});

describe('orderHistory', () => {
  const ids = (headers: readonly { readonly id: string }[]): readonly string[] => headers.map(({ id }) => id);

  test('the commits of a branch stand together before their merge, after the first parent’s', () => {
    // 0 - 1 - 3 - 5, with 2 and 4 on a branch that 5 merges
    const parents = [[], [0], [0], [1], [2], [3, 4]];
    const commits = parents.map((list) => ({ parents: list, author: 'A', tree: new Map<string, string>() }));
    expect(ids(orderHistory(commitId(5), headersOf(commits)))).toEqual([0, 1, 3, 2, 4, 5].map(commitId));
  });

  test('holds what the head reaches, parents first, whatever the order it came in', () => {
    fc.assert(
      fc.property(randomHistory(20), fc.infiniteStream(fc.integer({ min: 0, max: 1000 })), (random, keys) => {
        const headers = headersOf(random);
        const head = commitId(random.length - 1);
        const ordered = orderHistory(head, headers);
        const shuffled = headers
          .map((header) => ({ header, key: keys.next().value ?? 0 }))
          .sort((a, b) => a.key - b.key)
          .map(({ header }) => header);
        expect(orderHistory(head, shuffled)).toEqual(ordered);
        expect(ordered.at(-1)?.id).toBe(head);
        for (const [index, { parents }] of ordered.entries()) {
          for (const parent of parents) expect(ids(ordered.slice(0, index))).toContain(parent);
        }
        const reached = new Set([head]);
        for (const { id, parents } of [...headers].reverse()) {
          if (reached.has(id)) for (const parent of parents) reached.add(parent);
        }
        expect(new Set(ids(ordered))).toEqual(reached);
      }),
    );
  });

  test('parents that are absent or named twice are dropped', () => {
    const [header] = headersOf([{ parents: [], author: 'A', tree: new Map() }]);
    if (header === undefined) throw new Error('no header');
    const child = { ...header, id: ID, parents: [header.id, OTHER, header.id] };
    expect(orderHistory(ID, [child, header])).toEqual([header, { ...child, parents: [header.id] }]);
    expect(orderHistory(OTHER, [child, header])).toEqual([]);
  });

  test('a line of 100,000 commits needs no deep stack', () => {
    const headers = Array.from({ length: 100_000 }, (_, index) => ({
      id: commitId(index),
      tree: TREE,
      parents: index === 0 ? [] : [commitId(index - 1)],
      author: 'A',
      authoredAtMs: 0,
    }));
    expect(orderHistory(commitId(99_999), headers)).toEqual(headers);
  });
});
