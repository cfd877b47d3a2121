import { SmoError } from '../../protocol/fault/index.ts';

/** From the outermost object inwards: keys of objects, and numbers of items from 0. */
export type Path = readonly (string | number)[];

/** What is wrong with something that a person wrote, and where. */
export interface Mistake {
  readonly path: Path;
  /** Whether the key is at fault, or what stands there. */
  readonly isKey?: boolean;
  readonly message: string;
}

/** Where in a text something stands, counting from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A value as a person reads it in an error: short, on one line. */
export const shown = (value: unknown): string => {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  if (value === null) return 'nothing (null)';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
};

/** `faults[0].at`; empty for the whole. */
const pathText = (path: Path): string =>
  path.map((step, i) => (typeof step === 'number' ? `[${step}]` : i === 0 ? step : `.${step}`)).join('');

/** What is wrong with a value, as "found that, expected this". */
export const unexpected = (path: Path, found: unknown, expected: string): Mistake => ({
  path,
  message: `found ${shown(found)}, expected ${expected}`,
});

/** All mistakes as one error, in the order in which they stand. */
export const mistaken = (
  code: 'scenario_invalid' | 'plan_invalid',
  source: string,
  mistakes: readonly Mistake[],
  positionOf: (mistake: Mistake) => Position | undefined = () => undefined,
): SmoError => {
  const placed = mistakes.map((mistake) => ({ mistake, position: positionOf(mistake) }));
  const order = ({ position }: (typeof placed)[number]): number =>
    (position?.line ?? 0) * 1_000_000 + (position?.column ?? 0);
  const lines = placed
    .toSorted((a, b) => order(a) - order(b))
    .map(({ mistake: { path, message }, position }) => {
      const where = position === undefined ? source : `${source}:${position.line}:${position.column}`;
      return path.length === 0 ? `${where}: ${message}` : `${where}: ${pathText(path)}: ${message}`;
    });
  const hint =
    code === 'scenario_invalid'
      ? 'What a scenario may hold stands in simulations/scenario.schema.json.'
      : 'A plan is written by a run; take the file as it was written.';
  return new SmoError(code, [...new Set(lines)].join('; '), hint);
};
