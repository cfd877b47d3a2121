import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readEventFile } from '../../../node/simulator/event-file.ts';
import { readScenario } from '../../../node/simulator/outside-workload.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const DRAFT = '{"type":"plos.core/StateUpdated","entityId":"n","payload":{"a":1}}';

const written = (id: string, origin: string, seq: number, seen: object, timestamp = 5_000): string =>
  JSON.stringify({
    id,
    type: 'plos.core/StateUpdated',
    entityId: 'n',
    payload: { a: id },
    timestamp,
    origin,
    seq,
    seen,
  });

const file = (...lines: readonly string[]): string => {
  const path = join(temporaryFolder(), 'events.jsonl');
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
};

describe('a file of events', () => {
  test('to be appended is taken as it stands', async () => {
    const draft = JSON.parse(DRAFT) as object;
    expect(await readEventFile(file(DRAFT, '', DRAFT))).toEqual({ kind: 'drafts', drafts: [draft, draft] });
  });

  test('that were written keeps their logs and what each had seen', async () => {
    const path = file(
      written('b1', 'watch', 1, { tablet: 1 }, 7_000.5),
      written('a1', 'tablet', 1, {}),
      written('a2', 'tablet', 2, { tablet: 1 }, 6_000),
    );
    const given = await readEventFile(path);
    expect(given).toMatchObject({
      kind: 'events',
      events: [
        { chain: 0, seen: [], writtenAtMs: 5_000, draft: { payload: { a: 'a1' }, source: { id: 'a1' } } },
        { chain: 0, seen: [], writtenAtMs: 6_000 },
        { chain: 1, seen: [{ chain: 0, count: 1 }], writtenAtMs: 7_000 },
      ],
    });
  });

  test('leaves out what says who is a member', async () => {
    const control = JSON.stringify({
      ...JSON.parse(written('c', 'x', 1, {})),
      type: 'plos.mesh/DeviceAdded',
    });
    expect(await readEventFile(file(written('a', 'y', 1, {}), control))).toMatchObject({
      events: [{ draft: { source: { id: 'a' } } }],
    });
  });

  test.each([
    ['no JSON', [DRAFT, '{'], 'line 2: it is not JSON'],
    ['a member that there is not', [DRAFT, '', '{"type":"a/B","sort":1}'], 'line 3: "sort" is no member'],
    ['no type', [DRAFT, '{"type":"x"}'], 'line 2: '],
    [
      'a seq that is none',
      [written('a', 'y', 1, {}), written('b', 'y', -1, {})],
      'line 2: seq is not a whole number',
    ],
    [
      'an event of a type that is none',
      [written('a', 'y', 1, {}), written('b', 'y', 2, {}).replace('plos.core/', '')],
      'line 2: type is not of the form',
    ],
  ])('with %s is refused with the line', async (_, lines, message) => {
    const path = file(...lines);
    await expect(readEventFile(path)).rejects.toMatchObject({
      code: 'bad_line',
      message: expect.stringContaining(`${path}: ${message}`),
    });
  });

  test('that is not there is told', async () => {
    await expect(readEventFile(join(temporaryFolder(), 'none'))).rejects.toMatchObject({
      code: 'file_unreadable',
      hint: expect.stringContaining('one JSON object a line'),
    });
  });
});

describe('a scenario with a workload from outside', () => {
  test('names a file from its own folder on', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'events.jsonl'), DRAFT);
    const scenario = join(folder, 'some.yaml');
    writeFileSync(scenario, 'name: some\nworkload: { kind: jsonl, file: events.jsonl }\n');
    expect(await readScenario(scenario, undefined)).toMatchObject({
      scenario: { name: 'some' },
      given: { kind: 'drafts' },
    });
  });

  test('gets what was asked for in the place of its own', async () => {
    const { scenario, given } = await readScenario('even-split', `jsonl:${file(DRAFT)}`);
    expect([scenario.workload.kind, given?.kind]).toEqual(['jsonl', 'drafts']);
    expect(scenario.sometimes).toEqual(['write-while-parted']);
  });

  test.each(['git', 'git:', 'jsonl:', 'svn:x', ''])('is refused when asked for %j', async (asked) => {
    await expect(readScenario('even-split', asked)).rejects.toMatchObject({
      code: 'bad_workload',
      message: `found "${asked}" as a workload, expected "git:PATH" or "jsonl:FILE"`,
    });
  });

  test('is refused when there is no repository', async () => {
    await expect(readScenario('even-split', `git:${temporaryFolder()}`)).rejects.toMatchObject({
      code: 'git_not_a_repository',
    });
  });
});
