/** Characters of keys and texts of which a generation is made up. Two are kept. */
const GENERATION_CHARS = 8 * 2 ** 20;

/**
 * Rows that were read lately, as they are now: what events change they mostly change again soon, and a read of LevelDB
 * costs several times as much. What is written and was not read before takes no room: most rows are written once, and read
 * rarely.
 *
 * They are kept as the texts that are stored: to parse what is asked for costs less than to have each great collection of
 * garbage go through objects, which take a third more room besides (docs/performance.md).
 *
 * What is used stays in the younger of two generations; when that is full, the older one goes. That comes close to
 * leaving out what was used least recently, at the cost of a look-up.
 */
export class RowCache {
  #young = new Map<string, string | null>();
  #old = new Map<string, string | null>();
  #youngChars = 0;

  /** The JSON of the row; null if there is none; undefined when that is not known. */
  get(key: string): string | null | undefined {
    const text = this.#young.get(key);
    if (text !== undefined) return text;
    const older = this.#old.get(key);
    if (older !== undefined) this.set(key, older);
    return older;
  }

  /** A row has been written; null deletes it. */
  written(key: string, text: string | null): void {
    if (this.#young.has(key) || this.#old.has(key)) this.set(key, text);
  }

  /** A row has been read; null: there is none. */
  set(key: string, text: string | null): void {
    const before = this.#young.get(key);
    this.#youngChars += charsOf(key, text) - (before === undefined ? 0 : charsOf(key, before));
    this.#young.set(key, text);
    if (this.#youngChars < GENERATION_CHARS) return;
    this.#old = this.#young;
    this.#young = new Map();
    this.#youngChars = 0;
  }

  clear(): void {
    this.#young = new Map();
    this.#old = new Map();
    this.#youngChars = 0;
  }
}

const charsOf = (key: string, text: string | null): number => key.length + (text?.length ?? 0);
