/**
 * Fields of classes with maps and sets whose order says nothing of what a device does: they are looked up by key alone, or
 * tell what is to be put into one that is.
 */
const UNORDERED: ReadonlyMap<string, readonly string[]> = new Map([
  ['DiskRows', ['rows']],
  ['RowLayer', ['rows']],
  ['PeerCursors', ['cursors', 'changed']],
]);

/** The class of objects that have none. */
const PLAIN = 'object';

/** Stands before the names of private fields in classes that were loaded with {@link withOpenFields}. */
const OPEN = 'private$';

/** A private name, where it is declared and where it is used; not what is the beginning of a text. */
const PRIVATE_NAME = /(?<!['"`])#(?=[A-Za-z_$])/g;

/** The source of a module, with private fields that {@link textOfObject} can read. */
export const withOpenFields = (source: string): string => source.replace(PRIVATE_NAME, OPEN);

/**
 * All that an object holds, and what that holds in turn, as a text: objects with the same text cannot be told apart by
 * what they do. That takes classes whose private fields can be read.
 * @param known parts that are the same for all objects that are compared, with names of their own
 * @returns undefined where there is something that cannot be read: a private field, a generator, or a function in a list,
 *   of which nobody knows what it remembers. Functions that are members of an object belong to its making, and are left out
 */
export const textOfObject = (root: object, known: ReadonlyMap<object, string>): string | undefined => {
  const writer = new TextWriter(known);
  writer.add(root);
  return writer.text;
};

class TextWriter {
  readonly #known: ReadonlyMap<object, string>;
  /** Objects that were met, with their numbers: which of them are one and the same is a part of the text. */
  readonly #met = new Map<object, number>();
  readonly #parts: string[] = [];
  #isWhole = true;

  constructor(known: ReadonlyMap<object, string>) {
    this.#known = known;
  }

  get text(): string | undefined {
    return this.#isWhole ? this.#parts.join(' ') : undefined;
  }

  add(value: unknown): void {
    if (!this.#isWhole) return;
    if (typeof value === 'object' && value !== null) this.#object(value);
    else if (typeof value === 'function' || typeof value === 'symbol') this.#isWhole = false;
    else this.#parts.push(typeof value === 'string' ? JSON.stringify(value) : plainText(value));
  }

  #object(object: object): void {
    const name = this.#known.get(object) ?? this.#met.get(object);
    if (name !== undefined) {
      this.#parts.push(`@${name}`);
      return;
    }
    this.#met.set(object, this.#met.size);
    if (ArrayBuffer.isView(object)) this.#parts.push(bytesText(object));
    else if (Array.isArray(object)) this.#list('list', object);
    else if (object instanceof Map) this.#list('map', [...object].flat());
    else if (object instanceof Set) this.#list('set', [...object]);
    else this.#members(object);
  }

  #list(kind: string, items: readonly unknown[]): void {
    this.#parts.push(kind, String(items.length));
    for (const item of items) this.add(item);
  }

  #members(object: object): void {
    const name = readableName(object);
    if (name === undefined) {
      this.#isWhole = false;
      return;
    }
    const unordered = UNORDERED.get(name);
    const keys = Object.keys(object);
    this.#parts.push(name, String(keys.length));
    for (const key of keys) {
      const value: unknown = Reflect.get(object, key);
      this.#parts.push(name === PLAIN ? JSON.stringify(key) : key);
      if (typeof value === 'function') continue;
      this.add(unordered?.includes(key.replace(OPEN, '')) ? sorted(value) : value);
    }
  }
}

/** Whether -0 or 0, 1 or 1n: different values have different texts. */
const plainText = (value: unknown): string =>
  typeof value === 'bigint' ? `${value}n` : Object.is(value, -0) ? '-0' : String(value);

const bytesText = (view: ArrayBufferView): string => {
  const bytes = Buffer.from(view.buffer, view.byteOffset, view.byteLength);
  return `${view.constructor.name}:${bytes.toString('base64')}`;
};

/** The same in the order of its keys. */
const sorted = (value: unknown): unknown => {
  if (value instanceof Set) return [...value].sort();
  if (value instanceof Map) return [...value].sort(([a], [b]) => (a < b ? -1 : 1));
  return value;
};

const names = new WeakMap<object, string>();

/** The name of an object's class; undefined where it has, or may have, what cannot be read. */
const readableName = (object: object): string | undefined => {
  const prototype: object | null = Object.getPrototypeOf(object);
  if (prototype === null || prototype === Object.prototype) return PLAIN;
  const known = names.get(prototype);
  if (known !== undefined) return known;
  const { constructor: made } = prototype;
  const isReadable =
    typeof made === 'function' &&
    Object.getPrototypeOf(prototype) === Object.prototype &&
    !/\[native code\]|#[A-Za-z_$]/.test(Function.prototype.toString.call(made));
  if (!isReadable) return undefined;
  names.set(prototype, made.name);
  return made.name;
};
