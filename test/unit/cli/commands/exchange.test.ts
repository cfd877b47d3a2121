import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { NodeApi } from '../../../../node/api/index.ts';
import { parseDrafts } from '../../../../node/cli/index.ts';
import { SmoError } from '../../../../protocol/fault/index.ts';
import { fakeHost } from '../fake-host.ts';
import { run, runWith } from '../run.ts';
import { testFiles } from '../test-files.ts';

const files = testFiles();

describe('export and import', () => {
  const lines = ['{"a":1}', '{"b":2}'];
  const exported: unknown[] = [];
  const exportLines: NodeApi['export'] = async function* (input) {
    exported.push(input);
    yield* lines;
  };

  test('export prints lines', async () => {
    expect((await runWith({ export: exportLines }, ['export'])).stdout).toBe('{"a":1}\n{"b":2}\n');
    expect((await runWith({ export: exportLines }, ['export', '--smo-os', '--json'])).stdout).toBe(
      '{"a":1}\n{"b":2}\n',
    );
    expect(exported).toEqual([{ format: 'jsonl' }, { format: 'smo-os' }]);
    expect(await runWith({ export: exportLines }, ['export', '--smo-os', '--jsonl'])).toMatchObject({
      code: 2,
    });
  });

  test('export --lost prints what can be appended again, and nothing else', async () => {
    const drafts = [
      { type: 'a/B', entityId: 'e', payload: { n: 1 } },
      { type: 'a/B', entityId: 'e', payload: {}, actor: 'me', source: { id: 'a7', origin: 'tablet' } },
    ];
    const { host } = fakeHost({ host: { lost: async () => drafts } });
    const { stdout } = await run(host, ['export', '--lost']);
    expect(parseDrafts(stdout)).toEqual(drafts);
    for (const format of ['--jsonl', '--smo-os']) {
      expect(await run(host, ['export', '--lost', format])).toMatchObject({ code: 2 });
    }
  });

  test('export --out writes the file whole', async () => {
    const out = files.write('out.jsonl', 'older and longer than what comes now');
    const outcome = await runWith({ export: exportLines }, ['export', '--out', out, '--json']);
    expect(JSON.parse(outcome.stdout)).toEqual({ file: out, lines: 2 });
    expect(readFileSync(out, 'utf8')).toBe('{"a":1}\n{"b":2}\n');
    if (process.platform !== 'win32') expect(statSync(out).mode & 0o777).toBe(0o600);
  });

  test('export --out that fails leaves the old file and nothing else', async () => {
    const inside = mkdtempSync(join(files.folder, 'export-'));
    const out = join(inside, 'out.jsonl');
    writeFileSync(out, 'old');
    const failing: NodeApi['export'] = async function* () {
      yield 'new';
      throw new SmoError('damaged_store', 'segment 3 cannot be read');
    };
    expect(await runWith({ export: failing }, ['export', '--out', out])).toMatchObject({ code: 1 });
    expect(readFileSync(out, 'utf8')).toBe('old');
    expect(readdirSync(inside)).toEqual(['out.jsonl']);
    const nowhere = await runWith({ export: exportLines }, [
      'export',
      '--json',
      '--out',
      join(inside, 'no', 'x'),
    ]);
    expect(JSON.parse(nowhere.stdout).error.code).toBe('file_not_writable');
    const onFolder = await runWith({ export: exportLines }, ['export', '--json', '--out', files.folder]);
    expect(JSON.parse(onFolder.stdout).error.code).toBe('file_not_writable');
  });

  test('import of a file, of the standard input and of a repository', async () => {
    const inputs: unknown[] = [];
    const importAll: NodeApi['import'] = async (input) => {
      inputs.push(input);
      return { imported: 1200, known: 3, logs: 1, late: 0, skipped: 0 };
    };
    const file = files.write('in.jsonl', 'text\n');
    const plain = await runWith({ import: importAll }, ['import', file]);
    expect(plain.stdout).toBe('Imported 1,200 events in 1 log; 3 were here already.\n');
    const json = await runWith({ import: importAll }, ['import', '--git', 'repo', '--json']);
    expect(JSON.parse(json.stdout)).toEqual({ imported: 1200, known: 3, logs: 1, late: 0, skipped: 0 });
    await run(fakeHost({ api: { import: importAll } }).host, ['import', '-'], { input: 'piped' });
    expect(inputs).toEqual([
      { kind: 'smo-os', name: file, text: 'text\n' },
      { kind: 'git', path: resolve('repo') },
      { kind: 'smo-os', name: 'the standard input', text: 'piped' },
    ]);
    expect(await runWith({}, ['import'])).toMatchObject({ code: 2 });
    expect(await runWith({}, ['import', file, '--git', '.'])).toMatchObject({ code: 2 });
  });
});
