import { readdir, readFile } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import type { JsonObject } from '../../protocol/bytes/index.ts';
import {
  conformanceView,
  mergeSmoOsEvents,
  parseSmoOsLines,
  parseSmoOsRegistry,
  runConformanceCase,
  type SmoOsSegmentFiles,
  verifySmoOsFolder,
} from '../../protocol/compat/index.ts';
import { errorFromFault, SmoError } from '../../protocol/fault/index.ts';
import { nativeCrypto } from '../crypto/index.ts';

/** What `smo verify --smo-os` found; nothing was written. */
export interface SmoOsReport {
  readonly ok: boolean;
  readonly segments: number;
  readonly events: number;
  readonly findings: readonly { readonly code: string; readonly message: string }[];
}

/** Verifies a Smo.OS 0.2.1 data folder: `segments/` and `keys/registry.json`. */
export const verifySmoOs = async (folder: string): Promise<SmoOsReport> => {
  const names = await namesIn(join(folder, 'segments'));
  const stems = new Set(names.flatMap((name) => /^(.+?)(?:\.manifest\.json|\.jsonl)$/.exec(name)?.[1] ?? []));
  const segments: SmoOsSegmentFiles[] = [];
  for (const name of stems) {
    segments.push({
      name,
      events: await textOf(join(folder, 'segments', `${name}.jsonl`)),
      manifest: await textOf(join(folder, 'segments', `${name}.manifest.json`)),
    });
  }
  const report = verifySmoOsFolder(nativeCrypto, { segments, publicKeys: await publicKeys(folder) });
  const findings = report.segments.flatMap(({ faults }) =>
    faults.map(({ code, message, file, line }) => ({
      code,
      message: `${file}${line === undefined ? '' : ` line ${line}`}: ${message}`,
    })),
  );
  const events = report.segments.reduce((sum, segment) => sum + segment.events, 0);
  return { ok: report.ok, segments: report.segments.length, events, findings };
};

/** Merges Smo.OS files and gives the conformance view of their union. */
export const projectSmoOs = async (
  files: readonly string[],
): Promise<{ readonly view: JsonObject; readonly count: number }> => {
  const sources = [];
  for (const name of files) {
    const lines = parseSmoOsLines(await requiredText(name));
    if (!lines.ok) throw new SmoError(lines.fault.code, `${name} ${lines.fault.message}`);
    sources.push({ name, events: lines.value.events });
  }
  const merged = mergeSmoOsEvents(sources);
  if (!merged.ok) throw errorFromFault(merged.fault);
  return { view: conformanceView(merged.value) as unknown as JsonObject, count: merged.value.length };
};

/** The outcome of a folder of conformance cases. */
export interface ConformanceReport {
  readonly ok: boolean;
  readonly cases: readonly { readonly name: string; readonly ok: boolean; readonly message?: string }[];
}

/** Runs every subfolder that holds `expected.state.json`, or the folder itself if it is a case. */
export const runConformance = async (folder: string): Promise<ConformanceReport> => {
  const names = (await namesIn(folder)).includes('expected.state.json') ? ['.'] : await namesIn(folder);
  const cases = [];
  for (const name of names.toSorted()) {
    const dir = join(folder, name);
    const expected = await textOf(join(dir, 'expected.state.json')).catch(() => undefined);
    if (expected !== undefined) cases.push(await runCase(name === '.' ? folder : name, dir, expected));
  }
  if (cases.length === 0) {
    throw new SmoError(
      'no_cases',
      `${folder} holds no conformance cases`,
      'A case is a folder with a.jsonl, b.jsonl and expected.state.json.',
    );
  }
  return { ok: cases.every(({ ok }) => ok), cases };
};

const runCase = async (
  name: string,
  dir: string,
  expected: string,
): Promise<ConformanceReport['cases'][number]> => {
  const files = [];
  for (const file of (await namesIn(dir)).filter((entry) => entry.endsWith('.jsonl')).toSorted()) {
    files.push({ name: file, text: await requiredText(join(dir, file)) });
  }
  const count = await textOf(join(dir, 'expected.merged.count.json'));
  const verdict = runConformanceCase({
    files,
    expectedState: parseExpected(dir, expected),
    ...(count !== undefined && { expectedCount: parseExpected(dir, count) }),
  });
  if (!verdict.ok) return { name, ok: false, message: verdict.fault.message };
  const [first] = verdict.value;
  if (first === undefined) return { name, ok: true };
  const more = verdict.value.length > 1 ? ` (and ${verdict.value.length - 1} more)` : '';
  return {
    name,
    ok: false,
    message: `${first.path}: expected ${first.expected}, got ${first.got}${more}`,
  };
};

const parseExpected = (dir: string, text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw new SmoError('not_json', `an expected file in ${dir} is not JSON`);
  }
};

/**
 * Key files are named relative to the folder that holds the data folder, so the first part of a path is the data
 * folder's own name, whatever it is now. A path that leads out of the folder is not followed.
 */
const publicKeys = async (folder: string): Promise<ReadonlyMap<string, string>> => {
  const keys = new Map<string, string>();
  const text = await textOf(join(folder, 'keys', 'registry.json'));
  if (text === undefined) return keys;
  const registry = parseSmoOsRegistry(text);
  if (!registry.ok) throw errorFromFault(registry.fault);
  for (const { keyId, publicKeyPath } of registry.value) {
    const path = resolve(folder, publicKeyPath.split('/').slice(1).join('/'));
    const pem = path.startsWith(resolve(folder) + sep) ? await textOf(path) : undefined;
    if (pem !== undefined) keys.set(keyId, pem);
  }
  return keys;
};

const namesIn = async (dir: string): Promise<readonly string[]> => {
  try {
    return await readdir(dir);
  } catch {
    throw new SmoError('folder_missing', `${dir} is not a folder that can be read`);
  }
};

const requiredText = async (path: string): Promise<string> => {
  const text = await textOf(path);
  if (text === undefined) throw new SmoError('file_missing', `there is no file ${path}`);
  return text;
};

const textOf = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
};
