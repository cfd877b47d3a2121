import { type Path, shown } from './mistakes.ts';

/** Keys with dots between them, and numbers of items in brackets: as errors name what stands in a scenario. */
const PATH = /^[A-Za-z]\w*(\.[A-Za-z]\w*|\[\d{1,6}\])*$/;

/** A text like `faults[0].during` as a path; undefined where it is none. */
export const parsePath = (text: string): Path | undefined => {
  if (!PATH.test(text)) return undefined;
  return [...text.matchAll(/([A-Za-z]\w*)|\[(\d+)\]/g)].map(([, key, item]) => key ?? Number(item));
};

/** A value in which something else stands at a path; or why it cannot, as a message. */
export type Replaced = { readonly value: unknown } | { readonly message: string };

/** Puts something at a path. Objects on the way that are missing are made; items of lists have to be there. */
export const replacedAt = (value: unknown, [step, ...rest]: Path, by: unknown): Replaced => {
  if (step === undefined) return { value: by };
  if (typeof step === 'number') {
    if (!Array.isArray(value)) return { message: `found ${shown(value)} before [${step}], expected a list` };
    if (step >= value.length) {
      return {
        message: `there is no [${step}], expected the number of one of the ${value.length} there are`,
      };
    }
    const inner = replacedAt(value[step], rest, by);
    return 'message' in inner ? inner : { value: value.with(step, inner.value) };
  }
  if (value !== undefined && (typeof value !== 'object' || value === null || Array.isArray(value))) {
    return { message: `found ${shown(value)} before "${step}", expected an object, as "key: value"` };
  }
  const members = (value ?? {}) as Readonly<Record<string, unknown>>;
  const inner = replacedAt(members[step], rest, by);
  return 'message' in inner ? inner : { value: { ...members, [step]: inner.value } };
};
