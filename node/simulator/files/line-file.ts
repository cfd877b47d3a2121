import { closeSync, openSync, writeSync } from 'node:fs';

/** Characters that are written in one go. */
const BATCH = 64 * 1024;

/** A text file that is written line by line. */
export class LineFile {
  readonly #file: number;
  #text = '';

  constructor(path: string) {
    this.#file = openSync(path, 'w');
  }

  line(text: string): void {
    this.#text += `${text}\n`;
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
