import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fakeHost } from '../fake-host.ts';
import { run } from '../run.ts';
import { testFiles } from '../test-files.ts';

const files = testFiles();

describe('append', () => {
  const lines = [
    '{"type":"app/Note","entityId":"e","payload":{"text":"a\u2028b"},"actor":"me"}',
    '',
    '{"type":"plos.core/StateUpdated","entityId":"e","payload":{}}\r',
  ].join('\n');

  test('reads a file or the standard input', async () => {
    for (const [argv, options] of [
      [['append', '--jsonl', files.write('good.jsonl', `\ufeff${lines}\n`), '--json'], {}],
      [['append', '--jsonl', '-', '--json'], { input: lines }],
    ] as const) {
      const { host, asked } = fakeHost();
      const outcome = await run(host, argv, options);
      expect(JSON.parse(outcome.stdout).events).toHaveLength(2);
      expect(asked.find(([method]) => method === 'append')?.[1]).toEqual([
        { type: 'app/Note', entityId: 'e', payload: { text: 'a\u2028b' }, actor: 'me' },
        { type: 'plos.core/StateUpdated', entityId: 'e', payload: {} },
      ]);
    }
  });

  test.each([
    ['no JSON', '{"type":', 'it is not JSON'],
    ['no object', '[]', 'not a JSON object'],
    ['a member too many', '{"type":"a/B","entityId":"e","payload":{},"seq":1}', '"seq"'],
    ['no type', '{"entityId":"e","payload":{}}', 'type'],
    ['no entity', '{"type":"a/B","payload":{}}', 'entityId'],
    ['a payload that is no object', '{"type":"a/B","entityId":"e","payload":1}', 'payload'],
    ['an integer past 2^53', '{"type":"a/B","entityId":"e","payload":{"n":9007199254740993}}', '2^53'],
    ['a lone surrogate', '{"type":"a/B","entityId":"e","payload":{"s":"\\ud800"}}', 'surrogate'],
    ['a source without an id', '{"type":"a/B","entityId":"e","payload":{},"source":{}}', 'source.id'],
    [
      'too deep a payload',
      `{"type":"a/B","entityId":"e","payload":${'{"a":'.repeat(65)}1${'}'.repeat(65)}}`,
      '64',
    ],
    [
      'too large a record',
      `{"type":"a/B","entityId":"e","payload":{"s":"${'x'.repeat(262_144)}"}}`,
      '262144',
    ],
    ['a control event', '{"type":"plos.mesh/DeviceAdded","entityId":"e","payload":{}}', 'plos.mesh'],
  ])('%s is named with its line, and nothing is appended', async (_name, line, what) => {
    const { host, asked } = fakeHost();
    const outcome = await run(host, ['append', '--jsonl', '-', '--json'], {
      input: `${lines}\n${line}\n${lines}`,
    });
    expect(outcome.code).toBe(1);
    const { error } = JSON.parse(outcome.stdout);
    expect(error.code).toBe('bad_line');
    expect(error.message).toMatch(/^line 4: /);
    expect(error.message).toContain(what);
    expect(asked).toEqual([]);
  });

  test('a file that is missing, a folder, or no text is one line', async () => {
    const { host } = fakeHost();
    const codeOf = async (file: string) =>
      JSON.parse((await run(host, ['append', '--json', '--jsonl', file])).stdout).error.code;
    expect(await codeOf(join(files.folder, 'none'))).toBe('file_missing');
    expect(await codeOf(files.folder)).toBe('file_unreadable');
    expect(await codeOf(files.write('latin1', Buffer.from([0xe9, 0x0a])))).toBe('file_not_text');
    expect(await run(host, ['append'])).toMatchObject({ code: 2 });
  });
});
