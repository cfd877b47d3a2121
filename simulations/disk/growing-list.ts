/**
 * A list that grows at its end. A copy costs nothing: both use the same items up to where they part, and the one that
 * grows second takes items of its own.
 */
export class GrowingList<Item> {
  /** May be longer than this list: then what is beyond is another one's. */
  #items: Item[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  at(index: number): Item | undefined {
    return index < this.#length ? this.#items[index] : undefined;
  }

  slice(from: number, to = this.#length): readonly Item[] {
    return this.#items.slice(from, Math.min(to, this.#length));
  }

  push(item: Item): void {
    if (this.#items.length !== this.#length) this.#own();
    this.#items.push(item);
    this.#length += 1;
  }

  /** Takes away what is beyond a length. */
  cut(length: number): void {
    this.#length = Math.min(this.#length, length);
  }

  /** Puts other items in the place of those from an index on. Costs as much as the list is long. */
  replace(index: number, items: readonly Item[]): void {
    this.#own();
    for (const [i, item] of items.entries()) this.#items[index + i] = item;
  }

  copy(): GrowingList<Item> {
    const copy = new GrowingList<Item>();
    copy.#items = this.#items;
    copy.#length = this.#length;
    return copy;
  }

  #own(): void {
    this.#items = this.#items.slice(0, this.#length);
  }
}
