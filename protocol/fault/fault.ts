/**
 * A remote's or a stored object's fault, as a value: nothing that comes from outside ever throws.
 * `code` is stable and documented; `message` is for people and names the thing at fault.
 */
export interface Fault<Code extends string = string> {
  readonly code: Code;
  readonly message: string;
}

/** What a check of foreign input gives: the parsed value, or the fault that was found. */
export type Verdict<T, Code extends string = string> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly fault: Fault<Code> };

/** A verdict that accepts. */
export const accept = <T>(value: T): Verdict<T, never> => ({ ok: true, value });

/** A verdict that refuses, with its stable code. */
export const refuse = <Code extends string>(code: Code, message: string): Verdict<never, Code> => ({
  ok: false,
  fault: { code, message },
});
