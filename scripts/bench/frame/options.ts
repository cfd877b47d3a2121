import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { whole } from '../../option-number.ts';

/** What every benchmark can be told. */
export interface CommonOptions {
  /** 1 where nothing is timed. */
  readonly rounds: number;
  /** Where the report for programs goes; none without it. */
  readonly json?: string;
  /** Where stores lie while they are measured. */
  readonly folder: string;
}

/** A number that a benchmark can be told besides. */
export interface SizeOption extends Bounds {
  readonly byDefault: number;
  readonly help: string;
}

/** Numbers, with commas between them: all is measured with each. */
export interface ListOption extends Bounds {
  readonly byDefault: readonly number[];
  readonly help: string;
}

interface Bounds {
  readonly name: string;
  readonly least: number;
  readonly most: number;
}

/** Which options a benchmark has beside those of all. */
export interface OptionKinds {
  readonly sizes?: readonly SizeOption[];
  readonly lists?: readonly ListOption[];
  readonly texts?: readonly TextOption[];
  /** Nothing is timed: every round would give the same figures, and one is enough. */
  readonly exact?: boolean;
}

export interface BenchOptions extends CommonOptions {
  readonly sizes: Readonly<Record<string, number>>;
  readonly lists: Readonly<Record<string, readonly number[]>>;
  readonly texts: Readonly<Record<string, string>>;
}

/** An option of a benchmark that is a text, for example a folder. */
export interface TextOption {
  readonly name: string;
  readonly help: string;
}

/** For benchmarks that can take a profile. */
export const CPU_PROF: TextOption = {
  name: 'cpu-prof',
  help: 'a folder: writes a CPU profile of ours in one more round, and tells its top costs',
};

const ROUNDS = { name: 'rounds', byDefault: 5, least: 1, most: 1_000 } as const;

/** @throws Error, for people, when an option is unknown or makes no sense */
export const readOptions = (
  args: readonly string[],
  { sizes = [], lists = [], texts = [], exact = false }: OptionKinds,
): BenchOptions => {
  const own = [...(exact ? [] : [ROUNDS]), ...sizes, ...lists, ...texts];
  const names = [...own.map(({ name }) => name), 'json', 'folder'];
  const { values } = parseArgs({
    args: [...args],
    options: Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])),
  });
  const sizeOf = ({ name, byDefault, least, most }: Omit<SizeOption, 'help'>): number =>
    values[name] === undefined ? byDefault : whole(name, values[name], least, most);
  const listOf = ({ name, byDefault, least, most }: ListOption): readonly number[] =>
    values[name]?.split(',').map((text) => whole(name, text, least, most)) ?? byDefault;
  return {
    rounds: exact ? 1 : sizeOf(ROUNDS),
    folder: resolve(values.folder ?? tmpdir()),
    sizes: Object.fromEntries(sizes.map((size) => [size.name, sizeOf(size)])),
    lists: Object.fromEntries(lists.map((list) => [list.name, listOf(list)])),
    texts: Object.fromEntries(texts.flatMap(({ name }) => (values[name] ? [[name, values[name]]] : []))),
    ...(values.json !== undefined && { json: resolve(values.json) }),
  };
};

/** How a benchmark is called. */
export const usageOf = (
  command: string,
  { sizes = [], lists = [], texts = [], exact = false }: OptionKinds,
): string => {
  const lines = [
    ...sizes.map(({ name, help, byDefault }) => [`--${name} N`, `${help} (default ${byDefault})`]),
    ...lists.map(({ name, help, byDefault }) => [`--${name} N,...`, `${help} (default ${byDefault})`]),
    ...(exact
      ? []
      : [['--rounds N', `how often all is measured (default ${ROUNDS.byDefault}, which a median needs)`]]),
    ...texts.map(({ name, help }) => [`--${name} TEXT`, help]),
    ['--json FILE', 'writes everything for programs'],
    ['--folder DIR', 'where stores lie while they are measured: its disk is part of what is measured'],
  ];
  const width = Math.max(...lines.map(([option = '']) => option.length));
  return `${command} -- [options]\n\n${lines.map(([option = '', help]) => `  ${option.padEnd(width)}  ${help}`).join('\n')}`;
};
