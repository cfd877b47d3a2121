import { canonicalText, type JsonValue } from '../../protocol/bytes/index.ts';

/** Versions of one row that are kept. With more, all are forgotten: rows that are equal may then be two objects. */
const VERSIONS_MAX = 64;

/** Makes one object of rows that are equal, in whatever order the events came that made them. */
export class RowVersions {
  readonly #versions = new Map<string, Map<string, JsonValue>>();

  /** The row itself, or the one that is equal and was there before. */
  same(key: string, row: JsonValue | null): JsonValue | null {
    if (typeof row !== 'object' || row === null) return row;
    const text = canonicalText(row);
    let versions = this.#versions.get(key);
    if (versions === undefined || versions.size === VERSIONS_MAX) {
      versions = new Map();
      this.#versions.set(key, versions);
    }
    const before = versions.get(text);
    if (before === undefined) versions.set(text, row);
    return before ?? row;
  }
}
