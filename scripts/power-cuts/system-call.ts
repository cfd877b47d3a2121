/** A call to the system, as strace tells of it. */
export interface SystemCall {
  readonly name: string;
  readonly args: readonly Argument[];
  /** What it gave; negative where it failed. */
  readonly result: number;
  /** The lines of the trace at which it began and ended. */
  readonly began: number;
  readonly ended: number;
}

/** Bytes for a text, a number, the parts of a vector of buffers, or anything else as it is written. */
export type Argument = Uint8Array | number | string | readonly Uint8Array[];

/** A call that has begun, and of which the rest is still to come. */
interface Begun {
  readonly text: string;
  readonly line: number;
}

/**
 * Reads what `strace -f -xx` writes, line by line. A line is a thread, a call, its arguments and what it gave; where
 * threads take turns, the end of a call is a line of its own.
 */
export class SystemCalls {
  readonly #begun = new Map<string, Begun>();
  #line = 0;

  /**
   * The call that has ended with this line; undefined when none has, for example at a signal.
   * @throws Error when the line cannot be read
   */
  take(text: string): SystemCall | undefined {
    this.#line += 1;
    const [, thread = '', rest = ''] = /^(\d+) +(.*)$/.exec(text) ?? [];
    if (rest === '' || rest.startsWith('+++') || rest.startsWith('---')) return undefined;
    if (rest.endsWith(UNFINISHED)) {
      this.#begun.set(thread, { text: rest.slice(0, -UNFINISHED.length), line: this.#line });
      return undefined;
    }
    const [resumed, end = ''] = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest) ?? [];
    if (resumed === undefined) return readCall(rest, this.#line, this.#line);
    const start = this.#begun.get(thread);
    this.#begun.delete(thread);
    return start && readCall(start.text + end, start.line, this.#line);
  }
}

/** @throws TypeError when an argument is no number */
export const numberOf = (argument: Argument | undefined): number => {
  if (typeof argument === 'number') return argument;
  throw new TypeError(`${argument} is no number`);
};

/** @throws TypeError when an argument is no text, and no vector of buffers */
export const bytesOf = (argument: Argument | undefined): Uint8Array => {
  if (argument instanceof Uint8Array) return argument;
  if (Array.isArray(argument)) return Buffer.concat(argument);
  throw new TypeError(`${argument} is no text`);
};

const UNFINISHED = ' <unfinished ...>';

const readCall = (text: string, began: number, ended: number): SystemCall => {
  const [, name, args, result] = /^(\w+)\((.*)\) += (-?\d+|\?)/.exec(text) ?? [];
  if (name === undefined || args === undefined || result === undefined) {
    throw new Error(`line ${ended} of the trace is no call: ${text.slice(0, 200)}`);
  }
  return { name, args: readArguments(args), result: result === '?' ? -1 : Number(result), began, ended };
};

/** A vector of buffers, a text in hexadecimal, or anything else up to the next comma. */
const ARGUMENT = / *(?:\[((?:\{iov_base="[^"]*", iov_len=\d+\}(?:, )?)*)\]|"([^"]*)"|([^,"]+))/g;

const readArguments = (text: string): readonly Argument[] =>
  Array.from(text.matchAll(ARGUMENT), ([, vector, bytes, word = '']): Argument => {
    if (vector !== undefined) {
      return Array.from(vector.matchAll(/"([^"]*)"/g), ([, part = '']) => fromHex(part));
    }
    if (bytes !== undefined) return fromHex(bytes);
    const trimmed = word.trim();
    return /^-?\d+$/.test(trimmed) ? Number(trimmed) : trimmed;
  }).filter((argument) => argument !== '');

const fromHex = (text: string): Uint8Array => Buffer.from(text.replaceAll('\\x', ''), 'hex');
