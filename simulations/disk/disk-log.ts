import { equalBytes } from '../../protocol/bytes/index.ts';
import type { LogTail, LogWrite, WholeSegment } from '../../protocol/engine/index.ts';
import type { Origin, Seq } from '../../protocol/event/index.ts';
import { encodeManifest, type Manifest } from '../../protocol/manifest/index.ts';
import { GrowingList } from './growing-list.ts';

/** How far a log has come. */
export interface LogPosition {
  readonly tail: LogTail;
  /** The store's count of frontier changes when it came so far. */
  readonly arrival: number;
}

/** One log on a disk: all of its records, as if none could ever be damaged. */
export class DiskLog {
  readonly origin: Origin;
  #position: LogPosition;
  #records = new GrowingList<Uint8Array>();
  #sealed = new GrowingList<Manifest>();

  /** @param position of the write that it begins with, which is still to be taken */
  constructor(origin: Origin, position: LogPosition) {
    this.origin = origin;
    this.#position = position;
  }

  get position(): LogPosition {
    return this.#position;
  }

  get length(): Seq {
    return this.#records.length;
  }

  record(seq: Seq): Uint8Array | undefined {
    return this.#records.at(seq - 1);
  }

  /** Records from a seq up to another one, that one left out; fewer at the ends of the log. */
  records(firstSeq: Seq, endSeq: Seq): readonly Uint8Array[] {
    const from = Math.max(firstSeq, 1);
    return endSeq <= from ? [] : this.#records.slice(from - 1, endSeq - 1);
  }

  manifest(segment: number): Manifest | undefined {
    const newest = this.#position.tail.manifest;
    return segment === newest.segment ? newest : this.#sealed.at(segment);
  }

  manifests(): readonly Manifest[] {
    const { manifest } = this.#position.tail;
    return manifest.sealed ? this.#sealed.slice(0) : [...this.#sealed.slice(0), manifest];
  }

  /** The number of the segment that holds a record. */
  segmentOf(seq: Seq): number {
    const { manifest } = this.#position.tail;
    if (seq >= manifest.firstSeq) return manifest.segment;
    return this.#sealed.slice(0).findLastIndex(({ firstSeq }) => firstSeq <= seq);
  }

  /** Takes a write that continues the log. */
  grow({ records, tail, arrival }: LogWrite): void {
    for (const record of records) this.#records.push(record);
    if (tail.manifest.sealed) this.#sealed.push(tail.manifest);
    this.#position = { tail, arrival };
  }

  /** Goes back to where the log has been before. */
  cut(position: LogPosition): void {
    const { manifest } = position.tail;
    this.#position = position;
    this.#records.cut(manifest.firstSeq + manifest.events - 1);
    this.#sealed.cut(manifest.sealed ? manifest.segment + 1 : manifest.segment);
  }

  /** @throws RangeError when it is not a segment of the log as it is held */
  restore({ manifest, records }: WholeSegment): void {
    const held = this.manifest(manifest.segment);
    if (
      held === undefined ||
      records.length !== held.events ||
      !equalBytes(encodeManifest(held), encodeManifest(manifest))
    ) {
      throw new RangeError(`log ${this.origin} has another segment ${manifest.segment}`);
    }
    this.#records.replace(held.firstSeq - 1, records);
  }

  /** Makes other bytes of a record. */
  change(seq: Seq): void {
    const record = this.record(seq);
    if (record === undefined) throw new RangeError(`log ${this.origin} holds no record ${seq}`);
    this.#records.replace(seq - 1, [record.map((byte) => byte ^ 0x20)]);
  }

  copy(): DiskLog {
    const copy = new DiskLog(this.origin, this.#position);
    copy.#records = this.#records.copy();
    copy.#sealed = this.#sealed.copy();
    return copy;
  }
}
