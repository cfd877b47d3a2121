/**
 * Proves the sentences of docs/architecture.md on the direction of imports, types included: which room may
 * import which, that libp2p and Level stay in their rooms, that rooms are entered by their index, and that
 * there is no cycle. Prints each import that breaks a rule and exits with 1.
 */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import process from 'node:process';

/** Rooms of folders that have an order: a room may import those before it. */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  protocol: [
    'fault',
    'bytes',
    'crypto',
    'portable-crypto',
    'event',
    'log',
    'segment',
    'manifest',
    'evidence',
    'causality',
    'projection',
    'membership',
    'sync',
    'engine',
    'compat',
    'git-history',
  ],
  simulations: [
    'statistics',
    'draws',
    'agenda',
    'plan',
    'scenario',
    'oracle',
    'disk',
    'network',
    'memo',
    'device',
    'byzantine',
    'checks',
    'run',
    'explore',
    'shrink',
  ],
};

/** Which of the project's top folders each may import beside itself. */
const FOLDERS: Readonly<Record<string, readonly string[]>> = {
  protocol: [],
  transports: ['protocol'],
  simulations: ['protocol'],
  node: ['protocol', 'transports', 'simulations'],
  scripts: ['protocol', 'transports', 'node', 'simulations', 'test'],
  test: ['protocol', 'transports', 'node', 'simulations', 'scripts'],
};

/** Folders into which other folders go by their index only; the others are open. */
const CLOSED = new Set(['protocol', 'transports', 'simulations', 'node']);

const root = join(import.meta.dirname, '..');
const files = Object.keys(FOLDERS).flatMap((folder) =>
  globSync(`${folder}/**/*.ts`, { cwd: root, exclude: ['**/node_modules/**'] }),
);
const importsOf = new Map(files.map((file) => [file, readImports(file)]));
const problems = files.flatMap((file) => (importsOf.get(file) ?? []).flatMap((to) => problemOf(file, to)));
const cycle = findCycle();

for (const problem of problems) console.error(problem);
if (cycle !== undefined) console.error(`import cycle: ${cycle.join(' -> ')}`);
if (problems.length > 0 || cycle !== undefined) process.exitCode = 1;

/** Paths of imported files relative to the root, and names of packages, as they stand in a file. */
function readImports(file: string): readonly string[] {
  const text = readFileSync(join(root, file), 'utf8');
  const found = text.matchAll(
    /(?:^|\n)\s*(?:import|export)\b[^'"`;]*?from\s*'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/g,
  );
  return [...found].map(([, from, dynamic]) => {
    const target = from ?? dynamic ?? '';
    return target.startsWith('.') ? normalize(join(dirname(file), target)) : target;
  });
}

function problemOf(file: string, target: string): readonly string[] {
  const says = (rule: string): readonly string[] => [`${file} imports ${target}: ${rule}`];
  const folder = top(file);
  if (!target.endsWith('.ts')) {
    const rule = packageProblem(file, target);
    return rule === undefined ? [] : says(rule);
  }
  const other = top(target);
  if (other !== folder && !(FOLDERS[folder] ?? []).includes(other))
    return says(`${folder} never imports ${other}`);
  if (folder === other && folder in ROOMS && rank(target) > rank(file)) {
    return says(`${room(target)} comes after ${room(file)}`);
  }
  const inside = other === folder && room(target) === room(file);
  const byIndex = target.endsWith('/index.ts');
  // Tests and scripts may look inside a room; the rooms themselves enter each other by the index.
  if (CLOSED.has(folder) && !inside && !byIndex) return says('a room is entered by its index');
  if (inside && byIndex && CLOSED.has(folder)) return says('a room does not go through its own index');
  return [];
}

function packageProblem(file: string, name: string): string | undefined {
  const isLibp2p = /^(@libp2p\/|@chainsafe\/libp2p|libp2p$|@multiformats\/)/.test(name);
  const isTest = file.startsWith('test/') || file.startsWith('scripts/');
  if (file.startsWith('protocol/') && !name.startsWith('@noble/'))
    return 'protocol imports itself and @noble only';
  if (isLibp2p && !file.startsWith('transports/') && !isTest) return 'only transports imports libp2p';
  if (name === 'classic-level' && !file.startsWith('node/store/') && !isTest)
    return 'only node/store imports Level';
  return undefined;
}

/** A cycle of files, the first also last; undefined when there is none. */
function findCycle(): readonly string[] | undefined {
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): readonly string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    path.push(file);
    for (const target of importsOf.get(file) ?? []) {
      const cycle = importsOf.has(target) ? visit(target) : undefined;
      if (cycle !== undefined) return cycle;
    }
    path.pop();
    done.add(file);
    return undefined;
  };
  for (const file of files) {
    const cycle = visit(file);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}

function top(file: string): string {
  return file.split('/')[0] ?? '';
}

/** The room of a file: the folder below protocol, simulations or node; transports is one room. */
function room(file: string): string {
  const [folder = '', name = ''] = relative('.', file).split('/');
  return name.endsWith('.ts') || folder === 'transports' ? folder : `${folder}/${name}`;
}

function rank(file: string): number {
  const [folder = '', name = ''] = file.split('/');
  const rooms = ROOMS[folder] ?? [];
  return name === 'index.ts' ? rooms.length : rooms.indexOf(name);
}
