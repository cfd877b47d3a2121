import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { tableText } from '../../../node/cli/table.ts';

/** What `node --cpu-prof` writes, as far as it is read here. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  /** The node in which the program was, at each sample. */
  readonly samples: readonly number[];
  /** From each sample to the next, in µs. */
  readonly timeDeltas: readonly number[];
}

/** What a part of the program took. */
export interface Cost {
  readonly name: string;
  readonly selfMs: number;
  /** Of the time in which the program was busy. */
  readonly share: number;
}

type Frame = CpuProfile['nodes'][number]['callFrame'];

/** What each function took by itself, without those that it calls; the most first. Idle time counts for nothing. */
export const costsByFunction = (profile: CpuProfile): readonly Cost[] =>
  costsBy(profile, ({ functionName, url, lineNumber }) => {
    const name = functionName || '(anonymous)';
    return url === '' ? name : `${name}  ${placeOf(url)}:${lineNumber + 1}`;
  });

/** The same by room of the project, by package, and for Node as a whole. */
export const costsByRoom = (profile: CpuProfile): readonly Cost[] =>
  costsBy(profile, ({ functionName, url }) => {
    if (url === '') return functionName.startsWith('(') ? functionName : 'native code';
    if (url.startsWith('node:') || url.startsWith('wasm:')) return url.slice(0, url.indexOf(':'));
    const [first = '', second = '', third = ''] = placeOf(url).split('/');
    if (first !== 'node_modules') return second.endsWith('.ts') ? first : `${first}/${second}`;
    return second.startsWith('@') ? `${second}/${third}` : second;
  });

const costsBy = (profile: CpuProfile, nameOf: (frame: Frame) => string): readonly Cost[] => {
  const names = new Map(profile.nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const idle = new Set(profile.nodes.flatMap(({ id, callFrame }) => (isIdle(callFrame) ? [id] : [])));
  const spentUs = new Map<string, number>();
  let busyUs = 0;
  for (const [at, id] of profile.samples.entries()) {
    const name = names.get(id);
    if (name === undefined || idle.has(id)) continue;
    const us = profile.timeDeltas[at] ?? 0;
    busyUs += us;
    spentUs.set(name, (spentUs.get(name) ?? 0) + us);
  }
  return [...spentUs]
    .sort(([, a], [, b]) => b - a)
    .map(([name, us]) => ({ name, selfMs: us / 1_000, share: us / busyUs }));
};

const isIdle = ({ functionName }: Frame): boolean => functionName === '(idle)';

/** A file as the project or its package names it, wherever it lies. */
const placeOf = (url: string): string => {
  const path = url.startsWith('file://') ? relative(ROOT, url.slice('file://'.length)) : url;
  const at = path.lastIndexOf('node_modules/');
  return at < 0 ? path : path.slice(at);
};

const ROOT = join(import.meta.dirname, '../../..');

/** The top costs of the profile that was written last into a folder. */
export const lastProfileText = async (folder: string, count: number): Promise<string> => {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.cpuprofile')).sort();
  const file = join(folder, names.at(-1) ?? '');
  const profile: CpuProfile = JSON.parse(await readFile(file, 'utf8'));
  const table = async (title: string, costs: readonly Cost[]): Promise<string> =>
    tableText(
      ['share', 'self, ms', title],
      costs
        .slice(0, count)
        .map(({ name, selfMs, share }) => [
          `${(100 * share).toFixed(1)} %`.padStart(6),
          selfMs.toFixed(0).padStart(8),
          name,
        ]),
      '  ',
    );
  const tables = [table('by room', costsByRoom(profile)), table('by function', costsByFunction(profile))];
  return [file, ...(await Promise.all(tables))].join('\n\n');
};
