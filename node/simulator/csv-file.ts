import { closeSync, openSync, writeSync } from 'node:fs';

/** Characters that are written in one go. */
const BATCH = 64 * 1024;

/** A file of comma-separated values, none of which holds a comma, a quote or a line feed. */
export class CsvFile {
  readonly #file: number;
  #text: string;

  /** @param head names of the columns */
  constructor(path: string, head: readonly string[]) {
    this.#file = openSync(path, 'w');
    this.#text = `${head.join(',')}\n`;
  }

  row(...values: readonly (string | number)[]): void {
    this.#text += `${values.join(',')}\n`;
    if (this.#text.length >= BATCH) this.#flush();
  }

  close(): void {
    this.#flush();
    closeSync(this.#file);
  }

  #flush(): void {
    writeSync(this.#file, this.#text);
    this.#text = '';
  }
}
