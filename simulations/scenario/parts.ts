import * as v from 'valibot';
import {
  DURATION,
  DURATION_RANGE,
  durationRange,
  durationUs,
  isRange,
  SIGNED_DURATION_RANGE,
  WINDOW,
} from './duration.ts';
import { nearest } from './nearest.ts';

/*
 * What scenarios are made of. The message of each part says what is expected in its place, since that is what a
 * person is told who wrote something else there.
 */

/** An object with these keys and no others. */
export const object = <const Entries extends v.ObjectEntries>(entries: Entries) =>
  v.strictObject(entries, ({ expected, input }) => {
    const known = Object.keys(entries);
    if (expected === 'never') return `${didYouMean(input, known)}, known are ${known.join(', ')}`;
    const missing = known.find((key) => `"${key}"` === expected);
    return missing === undefined ? 'an object, as "key: value"' : expectedOf(entries[missing]);
  });

/** What a schema says that it expects. */
const expectedOf = (schema: v.ObjectEntries[string] | undefined): string => {
  if (schema === undefined) return 'something';
  if ('message' in schema && typeof schema.message === 'string') return schema.message;
  return 'options' in schema && Array.isArray(schema.options)
    ? `one of ${schema.options.join(', ')}`
    : schema.expects;
};

/** A word that is known and near to one that is not, as a part of a sentence. */
const didYouMean = (word: unknown, known: readonly string[]): string => {
  const hint = typeof word === 'string' ? nearest(word, known) : undefined;
  return hint === undefined ? '' : ` (did you mean "${hint}"?)`;
};

/** A text that is not empty. */
export const text = (expected: string, charsMax = 1_000) =>
  v.pipe(v.string(expected), v.minLength(1, expected), v.maxLength(charsMax, expected));

/** A name of words and numbers with dashes between them. */
export const name = v.pipe(
  text('a name of small letters, digits and dashes', 60),
  v.regex(/^[a-z][a-z0-9-]*$/, 'a name of small letters, digits and dashes'),
);

export const flag = v.boolean('true or false');

export const oneOf = <const Options extends readonly string[]>(options: Options) =>
  v.picklist(options, ({ input }) => expectedOneOf(options, input));

/** What is expected of something that is one of several words. */
export const expectedOneOf = (options: readonly string[], input: unknown): string =>
  `one of ${options.join(', ')}${didYouMean(input, options)}`;

type Kind = v.StrictObjectSchema<
  v.ObjectEntries & { readonly kind: v.LiteralSchema<string, undefined> },
  v.ErrorMessage<v.StrictObjectIssue>
>;

/** Objects that differ by their `kind`. */
export const kinds = <const Options extends readonly Kind[]>(options: Options) => {
  const known = options.map(({ entries }) => entries.kind.literal);
  return v.variant('kind', options, ({ input, path }) =>
    path === undefined ? `an object with a kind: one of ${known.join(', ')}` : expectedOneOf(known, input),
  );
};

export const whole = (min: number, max: number) => {
  const expected = `a whole number from ${min} to ${max}`;
  return v.pipe(
    v.number(expected),
    v.safeInteger(expected),
    v.minValue(min, expected),
    v.maxValue(max, expected),
  );
};

/** A whole number, or a text with two of them: one is drawn from the first to the second. */
export const wholeRange = (min: number, max: number) => {
  const expected = `a whole number from ${min} to ${max}, or two of them as "10 to 80"`;
  const isWithin = (value: number): boolean => Number.isSafeInteger(value) && value >= min && value <= max;
  return v.union(
    [
      v.pipe(
        whole(min, max),
        v.transform((value) => ({ from: value, to: value })),
      ),
      v.pipe(
        v.string(expected),
        v.regex(/^-?[0-9]{1,15} to -?[0-9]{1,15}$/, expected),
        v.check((value) => {
          const [from = Number.NaN, to = Number.NaN] = value.split(' to ').map(Number);
          return isWithin(from) && isWithin(to) && from <= to;
        }, expected),
        v.transform((value) => {
          const [from = 0, to = 0] = value.split(' to ').map(Number);
          return { from, to };
        }),
      ),
    ],
    expected,
  );
};

/** Of a link, in milliseconds. */
export const delayMs = wholeRange(0, 3_600_000);

const durationText = (form: RegExp, expected: string) =>
  v.pipe(
    v.string(expected),
    v.regex(form, expected),
    v.check((value) => isRange(durationRange(value)), expected),
  );

/** In microseconds. */
export const duration = v.pipe(
  durationText(DURATION, 'a duration such as 500ms, 30s, 10m or 2h'),
  v.transform(durationUs),
);

const PERIOD = 'a duration from 1ms on, such as 500ms, 30s, 10m or 2h';

/** In microseconds, and not so short that a run would be full of it. */
export const period = v.pipe(
  durationText(DURATION, PERIOD),
  v.check((value) => durationUs(value) >= 1_000, PERIOD),
  v.transform(durationUs),
);

/** In microseconds, drawn from the first to the second. */
export const durations = v.pipe(
  durationText(DURATION_RANGE, 'a duration such as 30s, or two of them as "10s to 1m"'),
  v.transform(durationRange),
);

/** In microseconds, forwards or backwards. */
export const signedDurations = v.pipe(
  durationText(SIGNED_DURATION_RANGE, 'a duration such as 30s or -2h, or two of them as "-1m to 1m"'),
  v.transform(durationRange),
);

/** From a time to another, in microseconds. */
export const window = v.pipe(
  durationText(WINDOW, 'a time and a later one, as "10s to 1m"'),
  v.check((value) => {
    const { from, to } = durationRange(value);
    return from < to;
  }, 'a time and a later one, as "10s to 1m"'),
  v.transform(durationRange),
);

const DEVICES = 'the number of a device, all, founder, others, the name of a group, or a list of these';

const someDevices = v.union([whole(0, 100_000), v.string(DEVICES)], DEVICES);

/** Devices by number, by group, or by a word; which of them there are is seen later. */
export const devices = v.union(
  [someDevices, v.pipe(v.array(someDevices, DEVICES), v.minLength(1, DEVICES))],
  DEVICES,
);

export type Devices = v.InferOutput<typeof devices>;

/** How many of those that qualify. */
export const pick = v.union(
  [whole(1, 100_000), v.picklist(['half', 'all'])],
  'a whole number from 1 on, half or all',
);

export type Pick = v.InferOutput<typeof pick>;
