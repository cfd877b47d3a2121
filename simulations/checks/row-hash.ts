import type { StateRow } from '../../protocol/engine/index.ts';
import { addTo, type Lanes, mixAll } from './lanes.ts';

/**
 * Numbers that stand for rows, and for members. They never change, and devices often share them: each is looked at
 * once.
 */
export class RowHash {
  readonly #known = new WeakMap<object, number>();

  /** Adds a row to a sum, or takes it out. */
  addTo(sum: Lanes, key: string, row: StateRow, times: 1 | -1): void {
    addTo(sum, hashOfText(key), this.of(row), times);
  }

  of(value: unknown): number {
    if (typeof value !== 'object' || value === null) return hashOf(value);
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    const hash = hashOf(value);
    this.#known.set(value, hash);
    return hash;
  }
}

/** Of a list the order counts, of an object it does not. */
const hashOf = (value: unknown): number => {
  if (typeof value === 'string') return hashOfText(value);
  if (typeof value === 'number')
    return mixAll([1, value | 0, Math.floor(value / 2 ** 32), (value % 1) * 2 ** 31]);
  if (typeof value !== 'object' || value === null) return mixAll([2, value === null ? 0 : value ? 1 : 2]);
  if (Array.isArray(value)) return value.reduce<number>((hash, item) => mixAll([hash, hashOf(item)]), 3);
  const members = Object.entries(value);
  return members.reduce(
    (sum, [name, member]) => (sum + mixAll([hashOfText(name), hashOf(member)])) | 0,
    4 + members.length,
  );
};

const hashOfText = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
};
