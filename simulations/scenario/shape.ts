import * as v from 'valibot';
import { type Mistake, type Path, unexpected } from './mistakes.ts';

/** A value that has the shape of a schema, or all that is wrong with it. */
export type Shaped<Value> =
  | { readonly value: Value; readonly mistakes?: undefined }
  | { readonly mistakes: readonly Mistake[] };

/** Rounds in which unknown keys are looked for; each finds one of every object. */
const ROUNDS_MAX = 50;

/** Holds a value against a schema. */
export const shape = <Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
): Shaped<v.InferOutput<Schema>> => {
  const mistakes: Mistake[] = [];
  let rest = value;
  // A strict object tells only the first key that it does not know: without that one it tells the next.
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const result = v.safeParse(schema, rest);
    if (result.success) {
      return mistakes.length === 0 ? { value: result.output } : { mistakes };
    }
    const issues = result.issues.flatMap((issue) => deepest(issue, []));
    const unknown = issues.filter(isUnknownKey).filter(({ list }) => list === undefined);
    const found = round === 0 ? issues : unknown;
    mistakes.push(...found.map(mistakeOf));
    if (unknown.length === 0) break;
    rest = unknown.reduce((all, { path }) => without(all, path), rest);
  }
  return { mistakes };
};

/** An issue without those around it, with its whole path. */
interface Found {
  readonly path: Path;
  readonly issue: v.BaseIssue<unknown>;
  readonly isKey: boolean;
  /** Where an object is expected, this list stands. */
  readonly list: readonly unknown[] | undefined;
}

/** Of something that could have several shapes, what is wrong with the one that is meant. */
const deepest = (issue: v.BaseIssue<unknown>, before: Path): readonly Found[] => {
  const steps = issue.path ?? [];
  const path = [...before, ...steps.map(({ key }) => (typeof key === 'number' ? key : String(key)))];
  const deeper = (issue.issues ?? []).filter((other) => other.path !== undefined);
  if (deeper.length > 0) return deeper.flatMap((other) => deepest(other, path));
  const last = steps.at(-1);
  const isKey = last?.origin === 'key';
  const list = isKey && Array.isArray(last?.input) ? last.input : undefined;
  return [{ path, issue, isKey, list }];
};

const isUnknownKey = ({ isKey, issue }: Found): boolean => isKey && issue.expected === 'never';

const mistakeOf = (found: Found): Mistake => {
  const { path, issue, isKey, list } = found;
  if (list !== undefined) return unexpected(path.slice(0, -1), list, 'an object, as "key: value"');
  if (isUnknownKey(found)) return { path, isKey, message: `there is no such key${issue.message}` };
  if (isKey || issue.input === undefined)
    return { path, isKey, message: `is missing, expected ${issue.message}` };
  return unexpected(path, issue.input, issue.message);
};

/** A copy of a value that lacks what stands at a path. */
const without = (value: unknown, [step, ...rest]: Path): unknown => {
  if (step === undefined || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item, i) => (i === step ? without(item, rest) : item));
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => {
      if (key !== step) return [[key, inner]];
      return rest.length === 0 ? [] : [[key, without(inner, rest)]];
    }),
  );
};
