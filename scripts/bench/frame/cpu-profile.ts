import { readdir, readFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { tableText } from '../../../node/cli/table.ts';

/** What `node --cpu-prof` writes, as far as it is read here. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
    /** The nodes of what this one calls. */
    readonly children?: readonly number[];
  }[];
  /** The node in which the program was, at each sample. */
  readonly samples: readonly number[];
  /** From each sample to the next, in µs. */
  readonly timeDeltas: readonly number[];
}

/** What a part of the program took. */
export interface Cost {
  readonly name: string;
  readonly ms: number;
  /** Of the time in which the program was busy. */
  readonly share: number;
}

type Frame = CpuProfile['nodes'][number]['callFrame'];

/** What each function took by itself, without those that it calls; the most first. Idle time counts for nothing. */
export const costsByFunction = (profile: CpuProfile): readonly Cost[] =>
  costsBy(profile, (path) => path.slice(0, 1).map(nameOf));

/** What each function of the project took with all that it calls. */
export const costsWithCalls = (profile: CpuProfile): readonly Cost[] =>
  costsBy(profile, (path) => path.filter(isOurs).map(nameOf));

/** What functions took by themselves, by room of the project, by package, and for Node as a whole. */
export const costsByRoom = (profile: CpuProfile): readonly Cost[] =>
  costsBy(profile, (path) => path.slice(0, 1).map(roomOf));

/** @param namesOf what a sample counts for, of the function that ran and those that had called it, nearest first */
const costsBy = (
  profile: CpuProfile,
  namesOf: (path: readonly Frame[]) => readonly string[],
): readonly Cost[] => {
  const callers = new Map(profile.nodes.flatMap((node) => (node.children ?? []).map((id) => [id, node.id])));
  const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]));
  const pathOf = (id: number | undefined): readonly Frame[] => {
    const frame = id === undefined ? undefined : frames.get(id);
    return id === undefined || frame === undefined ? [] : [frame, ...pathOf(callers.get(id))];
  };
  // A function that calls itself counts once.
  const names = new Map(profile.nodes.map(({ id }) => [id, new Set(namesOf(pathOf(id)))]));
  const spentUs = new Map<string, number>();
  let busyUs = 0;
  for (const [at, id] of profile.samples.entries()) {
    const frame = frames.get(id);
    if (frame === undefined || frame.functionName === '(idle)') continue;
    const us = profile.timeDeltas[at] ?? 0;
    busyUs += us;
    for (const name of names.get(id) ?? []) spentUs.set(name, (spentUs.get(name) ?? 0) + us);
  }
  return [...spentUs]
    .sort(([, a], [, b]) => b - a)
    .map(([name, us]) => ({ name, ms: us / 1_000, share: us / busyUs }));
};

const nameOf = ({ functionName, url, lineNumber }: Frame): string => {
  const name = functionName || '(anonymous)';
  return url === '' ? name : `${name}  ${placeOf(url)}:${lineNumber + 1}`;
};

const isOurs = ({ url }: Frame): boolean => url.startsWith('file:') && !url.includes('node_modules');

const roomOf = ({ functionName, url }: Frame): string => {
  if (url === '') return functionName.startsWith('(') ? functionName : 'native code';
  if (url.startsWith('node:') || url.startsWith('wasm:')) return url.slice(0, url.indexOf(':'));
  const [first = '', second = '', third = ''] = placeOf(url).split('/');
  if (first !== 'node_modules') return second.endsWith('.ts') ? first : `${first}/${second}`;
  return second.startsWith('@') ? `${second}/${third}` : second;
};

/** A file as the project or its package names it, wherever it lies. */
const placeOf = (url: string): string => {
  const path = url.startsWith('file://') ? relative(ROOT, url.slice('file://'.length)) : url;
  const at = path.lastIndexOf('node_modules/');
  return at < 0 ? path : path.slice(at);
};

const ROOT = join(import.meta.dirname, '../../..');

/** Costs of a profile that are shown, of each kind. */
const TOP = 25;

/**
 * Has one more round run that writes a profile into a folder; gives its top costs.
 * @param round is told the options for Node
 */
export const profiled = async (
  name: string,
  round: (execArgv: readonly string[]) => Promise<unknown>,
): Promise<string> => {
  const folder = resolve(name);
  await round(['--cpu-prof', `--cpu-prof-dir=${folder}`]);
  return lastProfileText(folder);
};

const lastProfileText = async (folder: string): Promise<string> => {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.cpuprofile')).sort();
  const file = join(folder, names.at(-1) ?? '');
  const profile: CpuProfile = JSON.parse(await readFile(file, 'utf8'));
  const table = async (title: string, of: (profile: CpuProfile) => readonly Cost[]): Promise<string> =>
    tableText(
      ['share', 'ms', title],
      of(profile)
        .slice(0, TOP)
        .map(({ name, ms, share }) => [
          `${(100 * share).toFixed(1)} %`.padStart(6),
          ms.toFixed(0).padStart(6),
          name,
        ]),
      '  ',
    );
  const tables = [
    table('by room, by themselves', costsByRoom),
    table('by function, by themselves', costsByFunction),
    table('our functions, with what they call', costsWithCalls),
  ];
  return [file, ...(await Promise.all(tables))].join('\n\n');
};
