import { LineFile } from './line-file.ts';

/** A file of comma-separated values, none of which holds a comma, a quote or a line feed. */
export class CsvFile {
  readonly #lines: LineFile;

  /** @param head names of the columns */
  constructor(path: string, head: readonly string[]) {
    this.#lines = new LineFile(path);
    this.#lines.line(head.join(','));
  }

  row(...values: readonly (string | number)[]): void {
    this.#lines.line(values.join(','));
  }

  close(): void {
    this.#lines.close();
  }
}
