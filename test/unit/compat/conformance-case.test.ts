import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compareConformance, conformanceView, runConformanceCase } from '../../../protocol/compat/index.ts';
import { jsonl, merged, write } from '../../fixtures/smo-os/events.ts';

const CASES = new URL('../../fixtures/smo-os/conformance/', import.meta.url);
const COUNT_FILE = 'expected.merged.count.json';

describe('conformance cases', () => {
  it.each(readdirSync(CASES))('%s holds, in whatever order its files come', (name) => {
    const folder = new URL(`${name}/`, CASES);
    const read = (file: string) => readFileSync(new URL(file, folder), 'utf8');
    const hasCount = readdirSync(folder).includes(COUNT_FILE);
    for (const files of [
      ['a.jsonl', 'b.jsonl'],
      ['b.jsonl', 'a.jsonl', 'b.jsonl'],
    ]) {
      const differences = runConformanceCase({
        files: files.map((file) => ({ name: file, text: read(file) })),
        expectedState: JSON.parse(read('expected.state.json')),
        ...(hasCount && { expectedCount: JSON.parse(read(COUNT_FILE)) }),
      });
      expect(differences).toEqual({ ok: true, value: [] });
    }
  });

  it('tell a wrong count', () => {
    const text = jsonl(write({ at: 'A1', time: 1 }, 'x', 'id'));
    const given = {
      files: [{ name: 'a', text }],
      expectedState: { entities: { task: { id: 'task' } }, conflicts: [] },
    };
    expect(runConformanceCase({ ...given, expectedCount: { count: 2 } })).toEqual({
      ok: true,
      value: [{ path: 'merged.count', expected: '2', got: '1' }],
    });
  });

  it('refuse a file that cannot be read, naming it and the line', () => {
    const given = { files: [{ name: 'a.jsonl', text: '\n{' }], expectedState: {} };
    expect(runConformanceCase(given)).toEqual({
      ok: false,
      fault: { code: 'not_json', message: 'a.jsonl line 2: this is not valid JSON' },
    });
  });
});

describe('comparing a view', () => {
  const view = conformanceView(
    merged(write({ at: 'A1', time: 1 }, [1, 2], 'my list'), write({ at: 'A2', time: 2 }, 'open')),
  );

  it('finds none where only the order of keys differs', () => {
    const expected = { conflicts: [], entities: { task: { status: 'open', 'my list': [1, 2], id: 'task' } } };
    expect(compareConformance(view, expected)).toEqual([]);
  });

  it('names each place, what was expected and what is there', () => {
    const expected = {
      conflicts: [{}],
      entities: { task: { id: 'task', status: { a: 1 }, 'my list': [2] }, '': 1 },
    };
    expect(compareConformance(view, expected)).toEqual([
      { path: 'entities.task["my list"][0]', expected: '2', got: '1' },
      { path: 'entities.task["my list"][1]', expected: 'nothing', got: '2' },
      { path: 'entities.task.status', expected: '{"a":1}', got: '"open"' },
      { path: 'entities[""]', expected: '1', got: 'nothing' },
      { path: 'conflicts[0]', expected: '{}', got: 'nothing' },
    ]);
  });

  it('tells an empty list from an empty object, and any value from none', () => {
    expect(compareConformance(view, [])).toMatchObject([{ path: '.', expected: '[]' }]);
    expect(compareConformance(view, undefined)).toMatchObject([{ path: '.', expected: 'nothing' }]);
  });

  it('cuts long values short', () => {
    const [difference] = compareConformance(view, 'x'.repeat(5000));
    expect(difference?.expected).toBe(`"${'x'.repeat(199)}…`);
  });
});
