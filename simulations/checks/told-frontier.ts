import { ENGINE_LIMITS } from '../../protocol/engine/index.ts';
import type { Origin } from '../../protocol/event/index.ts';
import { type FrontierEntry, GOSSIP_LIMITS } from '../../protocol/sync/index.ts';
import type { Copies } from './copies.ts';
import type { Note } from './violation.ts';
import type { WatchedDevice } from './watched-device.ts';

/** Steps of an engine between two looks, however few logs there are. */
const STEPS_MIN = 8;

/** What one device tells others that it holds: it only grows (S6), and is no more than it may be (S11). */
export class ToldFrontier {
  readonly #device: WatchedDevice;
  readonly #copies: Copies;
  readonly #note: Note;
  readonly #entries = new Map<Origin, FrontierEntry>();
  #sinceLook = 0;

  constructor(device: WatchedDevice, copies: Copies, note: Note) {
    this.#device = device;
    this.#copies = copies;
    this.#note = note;
  }

  /** It begins anew. */
  opened(): void {
    this.#entries.clear();
  }

  /** Looks now and then, so that a step costs the same however many logs there are. */
  stepped(): void {
    this.#sinceLook += 1;
    if (this.#sinceLook > STEPS_MIN + (this.#entries.size >> 3)) this.look();
  }

  look(): void {
    this.#sinceLook = 0;
    const { engine } = this.#device;
    let count = 0;
    for (const entry of engine.frontier()) {
      count += 1;
      const before = this.#entries.get(entry.origin);
      if (entry === before) continue;
      this.#entries.set(entry.origin, entry);
      this.#lookAt(entry, before);
    }
    const { number } = this.#device;
    if (count < this.#entries.size) {
      this.#note('S6', number, `tells of ${count} logs, and has told of ${this.#entries.size}`);
      this.opened();
    }
    this.#bound(count, ENGINE_LIMITS.logsMax, 'logs are told of');
    this.#bound(sizeOf(engine.waiting()), ENGINE_LIMITS.logsMax, 'logs wait');
    this.#bound(sizeOf(engine.forks()), ENGINE_LIMITS.forksMax, 'forks are known');
    this.#bound(sizeOf(engine.heard()), GOSSIP_LIMITS.heardMax, 'heads are remembered that are not held');
  }

  #lookAt(entry: FrontierEntry, before: FrontierEntry | undefined): void {
    const { number } = this.#device;
    if (before !== undefined && !isFurther(entry, before)) {
      this.#note('S6', number, `tells of ${textOf(entry)}, after it has told of ${textOf(before)}`);
    }
    const { tail } = this.#copies.of(entry.origin);
    if (entry.seq > tail.seq) {
      this.#note('S6', number, `tells of ${textOf(entry)}, and has stored ${tail.seq}`);
    }
  }

  #bound(count: number, max: number, what: string): void {
    if (count > max) this.#note('S11', this.#device.number, `${count} ${what}, at most ${max}`);
  }
}

/** Whether one position of a log may come after another one. */
const isFurther = (entry: FrontierEntry, before: FrontierEntry): boolean => {
  if (before.frozen) return entry.frozen && entry.seq <= before.seq;
  if (entry.frozen || entry.segment > before.segment) return entry.frozen || entry.seq >= before.seq;
  if (entry.segment < before.segment || entry.events < before.events) return false;
  return entry.seq >= before.seq && (entry.sealed || !before.sealed);
};

const textOf = ({ origin, seq, segment, sealed, frozen }: FrontierEntry): string =>
  `${origin} ${seq} (segment ${segment}${sealed ? ', sealed' : ''}${frozen ? ', frozen' : ''})`;

const sizeOf = (all: Iterable<unknown>): number => {
  let size = 0;
  for (const _ of all) size += 1;
  return size;
};
