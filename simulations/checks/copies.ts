import type { Commit, EngineImage, WholeSegment } from '../../protocol/engine/index.ts';
import { deviceOf, type Origin, type PlacedEvent, type Seq } from '../../protocol/event/index.ts';
import { SmoError } from '../../protocol/fault/index.ts';
import { type Authored, backTo, commonOf, type Histories, placeName } from './histories.ts';
import type { Note } from './violation.ts';
import type { WatchedDevice } from './watched-device.ts';

/** How much of one log a device holds. */
export interface Copy {
  /** Written to its disk, or on the way there. */
  tail: Authored;
  /** On its disk for good, as the disk says. */
  safe: Authored;
  /** Acknowledged to whoever appended it. Of its own logs only. */
  acked: Authored | undefined;
  /** Acknowledged before the disk lost it: owed by whoever held it. */
  owed: Authored | undefined;
  /** The last event that it has told as applied, or need not tell: what its state began with. */
  told: Authored;
}

/** What one device holds of each log: that nobody made it up (S3), and that it does not go away (S4, S6). */
export class Copies {
  readonly #device: WatchedDevice;
  readonly #histories: Histories;
  readonly #note: (invariant: 'S3' | 'S4' | 'S6', message: string) => void;
  readonly #copies = new Map<Origin, Copy>();
  /** Copies that are not safe. */
  readonly #unsafe = new Set<Copy>();
  /** Records that its disk changes. */
  readonly #rotten = new Set<string>();
  /** Logs of which its disk has lost what it said was safe. */
  readonly #betrayed = new Set<Origin>();
  #isExcused = false;

  constructor(device: WatchedDevice, histories: Histories, note: Note) {
    this.#device = device;
    this.#histories = histories;
    this.#note = (invariant, message) => note(invariant, device.number, message);
  }

  of(origin: Origin): Copy {
    const known = this.#copies.get(origin);
    if (known !== undefined) return known;
    const { start } = this.#histories.log(origin);
    const copy = { tail: start, safe: start, acked: undefined, owed: undefined, told: start };
    this.#copies.set(origin, copy);
    return copy;
  }

  all(): Iterable<Copy> {
    return this.#copies.values();
  }

  isOwn(origin: Origin): boolean {
    return deviceOf(origin) === this.#device.device;
  }

  /** Records are on their way to the disk: its own are known from here on, and others must have been written before. */
  committing({ logs }: Pick<Commit, 'logs'>): void {
    for (const { origin, firstSeq, records } of logs) {
      const copy = this.of(origin);
      if (firstSeq > copy.tail.seq + 1) {
        this.#note('S3', `stores ${origin} ${firstSeq} after ${copy.tail.seq}`);
        continue;
      }
      let node = backTo(copy.tail, firstSeq - 1);
      for (const record of records) {
        const isTakenIn = !this.isOwn(origin) || this.#histories.next(node, record) !== undefined;
        const next = this.isOwn(origin)
          ? this.#histories.write(node, record)
          : this.#histories.next(node, record);
        if (next === undefined) {
          this.#note('S3', `stores a record at ${origin} ${node.seq + 1} that nobody has written there`);
          break;
        }
        node = next;
        if (!node.isReadable && !this.isOwn(origin))
          this.#note('S3', `stores ${placeName(node)}, which is no event`);
        // What is its own and written already was so by another one with its key.
        if (isTakenIn) node.isShared = true;
      }
      copy.tail = node;
      this.#unsafe.add(copy);
    }
  }

  /** A damaged segment is to be replaced: by what was there. */
  restoring({ origin, manifest, records }: WholeSegment): void {
    let node = backTo(this.of(origin).tail, manifest.firstSeq + records.length - 1);
    for (const record of records.toReversed()) {
      if (Buffer.compare(node.record, record) !== 0) {
        this.#note('S3', `puts another record in the place of ${placeName(node)}`);
      }
      node = node.before ?? node;
    }
  }

  /** All that is written so far is on the disk for good. */
  synced(): void {
    for (const copy of this.#unsafe) copy.safe = copy.tail;
    this.#unsafe.clear();
  }

  acknowledged(events: readonly PlacedEvent[]): void {
    for (const { origin, seq, id } of events) {
      const copy = this.of(origin);
      const node = backTo(copy.tail, seq);
      if (node.seq !== seq || this.#histories.idOf(node) !== id) {
        this.#note('S4', `acknowledges ${origin} ${seq}, which it has not written`);
        continue;
      }
      if (copy.safe.seq < seq) this.#note('S4', `acknowledges ${origin} ${seq} before it is on the disk`);
      copy.acked = node;
    }
  }

  /** Its disk changes a record from now on. */
  rot(origin: Origin, seq: Seq): void {
    this.#rotten.add(`${origin} ${seq}`);
  }

  isRotten(origin: Origin, seq: Seq): boolean {
    return this.#rotten.has(`${origin} ${seq}`);
  }

  /** Its disk has lost a log from a seq on, of which it had said that it was safe. */
  betrayed(origin: Origin, seq: Seq): void {
    const copy = this.of(origin);
    const left = backTo(copy.tail, seq - 1);
    copy.safe = commonOf(copy.safe, left);
    this.#betrayed.add(origin);
    if (copy.acked === undefined || copy.acked.seq < seq) return;
    copy.owed = copy.acked;
    copy.acked = commonOf(copy.acked, left);
  }

  /** Its disk is about to lose what it had. */
  excuse(): void {
    this.#isExcused = true;
    for (const { origin } of this.#histories.logs()) {
      if (this.isOwn(origin)) this.#histories.doubt(this.#histories.log(origin));
    }
  }

  /** It was opened on what its disk holds. */
  opened({ tails, damaged, state }: Pick<EngineImage, 'tails' | 'damaged' | 'state'>): void {
    const applied = new Map(state?.applied);
    const lengths = new Map(
      tails.map(({ manifest }) => [manifest.origin, manifest.firstSeq + manifest.events - 1]),
    );
    const hurt = new Set(damaged.map(({ origin }) => origin));
    for (const origin of lengths.keys()) this.of(origin);
    for (const [origin, copy] of this.#copies) {
      const length = lengths.get(origin) ?? 0;
      const before = copy.tail;
      if (this.#isExcused || hurt.has(origin)) {
        copy.owed = copy.acked ?? copy.owed;
        copy.acked = undefined;
      } else this.#look(origin, copy, length);
      copy.tail = this.#found(before, length);
      // What was not safe may be lost yet, though it has come through so far; and of another disk nothing is known.
      copy.safe = this.#isExcused ? copy.tail.log.start : commonOf(copy.safe, copy.tail);
      this.#unsafe.add(copy);
      copy.told = backTo(copy.tail, applied.get(origin) ?? 0);
      // What a disk has promised and lost may be on its way to others.
      const isKnown = this.#isExcused || this.#betrayed.has(origin);
      if (!isKnown && this.isOwn(origin)) forget(before, copy.tail);
    }
    this.#isExcused = false;
  }

  #look(origin: Origin, { safe, acked }: Copy, length: Seq): void {
    if (acked !== undefined && length < acked.seq) {
      this.#note(
        'S4',
        `has lost ${origin} from ${length + 1} on, and has acknowledged it up to ${acked.seq}`,
      );
    } else if (length < safe.seq) {
      this.#note('S6', `has lost ${origin} from ${length + 1} on, of which ${safe.seq} were safe`);
    }
  }

  /** Which history of a log it was opened on, and how much of it. */
  #found(before: Authored, length: Seq): Authored {
    if (!before.log.isDoubtful && length <= before.seq) return backTo(before, length);
    let found = nodesAt(before.log.start, length);
    // Histories of which the last records are alike differ further back.
    for (let seq = length; seq > 0 && found.length > 1; seq -= 1) {
      const record = this.#read(before.log.origin, seq);
      if (record === undefined) break;
      found = found.filter((node) => Buffer.compare(backTo(node, seq).record, record) === 0);
    }
    const [node] = found;
    if (node !== undefined) return node;
    this.#note('S3', `was opened on ${before.log.origin} up to ${length}, which nobody has written so`);
    return backTo(before, length);
  }

  #read(origin: Origin, seq: Seq): Uint8Array | undefined {
    try {
      return this.#device.records.record(origin, seq);
    } catch (error) {
      if (error instanceof SmoError) return undefined;
      throw error;
    }
  }
}

/** Takes back what a device has written and lost before anybody could know of it. */
const forget = (before: Authored, found: Authored): void => {
  if (before.seq <= found.seq) return;
  const lost = backTo(before, found.seq + 1);
  if (lost.before === found && !lost.isShared) found.after.splice(found.after.indexOf(lost), 1);
};

/** The records at a seq, in all histories of a log. */
const nodesAt = (start: Authored, seq: Seq): Authored[] => {
  let nodes = [start];
  for (let at = 0; at < seq; at += 1) nodes = nodes.flatMap(({ after }) => after);
  return nodes;
};
