import { compareStrings } from '../../protocol/bytes/index.ts';
import type {
  EvidenceRow,
  LogTail,
  LogWrite,
  SegmentRange,
  WholeSegment,
} from '../../protocol/engine/index.ts';
import type { Origin, Seq } from '../../protocol/event/index.ts';
import { SmoError } from '../../protocol/fault/index.ts';
import { assertContinues } from './continuation.ts';
import { DiskDamage } from './disk-damage.ts';
import { DiskLog, type LogPosition } from './disk-log.ts';

/** What a write has replaced: all that it takes to take it back. */
export interface RecordsBefore {
  readonly arrivals: number;
  /** How far each log was, in the order in which they were written to; undefined where there was none. */
  readonly logs: readonly (readonly [Origin, LogPosition | undefined])[];
  readonly evidence: readonly (readonly [Origin, Uint8Array | undefined])[];
}

/** What the record store of a disk holds: logs, evidence, the count of arrivals, and what is damaged of that. */
export class DiskRecords {
  readonly logs = new Map<Origin, DiskLog>();
  #damage = new DiskDamage();
  readonly #evidence = new Map<Origin, Uint8Array>();
  #arrivals = 0;

  get damage(): DiskDamage {
    return this.#damage;
  }

  get arrivals(): number {
    return this.#arrivals;
  }

  get evidence(): readonly EvidenceRow[] {
    return [...this.#evidence]
      .map(([origin, bytes]): EvidenceRow => ({ origin, bytes }))
      .sort((a, b) => compareStrings(a.origin, b.origin));
  }

  /** The logs in order of origin. */
  sorted(): readonly DiskLog[] {
    return [...this.logs.values()].sort((a, b) => compareStrings(a.origin, b.origin));
  }

  /** @throws SmoError `store_damaged`; from then on the segment is known to be damaged */
  record(origin: Origin, seq: Seq): Uint8Array | undefined {
    const log = this.logs.get(origin);
    if (log !== undefined) this.#assertReadable(log, seq, seq + 1);
    return log?.record(seq);
  }

  /** @throws SmoError `store_damaged` */
  records(origin: Origin, firstSeq: Seq, count: number): readonly Uint8Array[] {
    const log = this.logs.get(origin);
    if (log !== undefined) this.#assertReadable(log, firstSeq, firstSeq + count);
    return log?.records(firstSeq, firstSeq + count) ?? [];
  }

  /** @throws SmoError `store_damaged` */
  range(origin: Origin, segment: number, events: number): SegmentRange | undefined {
    const manifest = this.logs.get(origin)?.manifest(segment);
    if (manifest === undefined) return undefined;
    const skipped = Math.min(Math.max(events, 0), manifest.events);
    const firstSeq = manifest.firstSeq + skipped;
    return { manifest, firstSeq, records: this.records(origin, firstSeq, manifest.events - skipped) };
  }

  /**
   * Takes the writes of one commit, all or none.
   * @throws RangeError when one does not continue its log
   */
  write(logs: readonly LogWrite[], evidence: readonly EvidenceRow[]): RecordsBefore {
    const arrivals = this.#arrivals;
    const positions: [Origin, LogPosition | undefined][] = [];
    try {
      for (const write of logs) positions.push([write.origin, this.#append(write)]);
    } catch (error) {
      this.takeBack({ arrivals, logs: positions, evidence: [] });
      throw error;
    }
    const proofs = evidence.map(({ origin }) => [origin, this.#evidence.get(origin)] as const);
    for (const { origin, bytes } of evidence) this.#evidence.set(origin, bytes);
    return { arrivals, logs: positions, evidence: proofs };
  }

  /** Takes a write back. Whatever was written after it has been taken back before. */
  takeBack({ arrivals, logs, evidence }: RecordsBefore): void {
    for (const [origin, bytes] of evidence) {
      if (bytes === undefined) this.#evidence.delete(origin);
      else this.#evidence.set(origin, bytes);
    }
    for (const [origin, position] of logs.toReversed()) this.#cut(origin, position);
    this.#arrivals = arrivals;
  }

  /** @throws RangeError when it is not a segment of the log as it is held */
  restore(segment: WholeSegment): void {
    const { origin, manifest } = segment;
    const log = this.logs.get(origin);
    if (log === undefined) throw new RangeError(`log ${origin} is not held`);
    log.restore(segment);
    const endSeq = manifest.firstSeq + manifest.events;
    this.#damage.mend({ origin, segment: manifest.segment }, manifest.firstSeq, endSeq);
  }

  copy(): DiskRecords {
    const copy = new DiskRecords();
    for (const [origin, log] of this.logs) copy.logs.set(origin, log.copy());
    for (const [origin, bytes] of this.#evidence) copy.#evidence.set(origin, bytes);
    copy.#damage = this.#damage.copy();
    copy.#arrivals = this.#arrivals;
    return copy;
  }

  /** How far the log was before. */
  #append(write: LogWrite): LogPosition | undefined {
    const { origin, tail, arrival } = write;
    const known = this.logs.get(origin);
    const before = known?.position;
    assertContinues(before?.tail, this.#arrivals, write);
    this.#arrivals = arrival;
    const log = known ?? new DiskLog(origin, { tail, arrival });
    this.logs.set(origin, log);
    log.grow(write);
    if (tail.manifest.sealed) this.#readToSeal(tail);
    return before;
  }

  #cut(origin: Origin, position: LogPosition | undefined): void {
    const log = this.logs.get(origin);
    if (position === undefined) this.logs.delete(origin);
    else log?.cut(position);
    const length = position === undefined ? 0 : (log?.length ?? 0);
    this.#damage.cut(origin, length, position?.tail.manifest.segment ?? -1);
  }

  /** Sealing packs what a segment holds: a record that cannot be read stays lost, and is known from then on. */
  #readToSeal({ manifest: { origin, segment, firstSeq, events } }: LogTail): void {
    const lost = this.#damage.firstLost(origin, firstSeq, firstSeq + events);
    if (lost !== undefined) this.#damage.mark({ origin, segment });
  }

  #assertReadable(log: DiskLog, firstSeq: Seq, endSeq: Seq): void {
    const { origin } = log;
    const seq = this.#damage.firstLost(origin, firstSeq, endSeq);
    if (seq === undefined) return;
    const segment = log.segmentOf(seq);
    this.#damage.mark({ origin, segment });
    throw new SmoError(
      'store_damaged',
      `the record store is damaged: log ${origin}, segment ${segment}, seq ${seq}: the record has changed`,
      'It comes back as soon as the device meets one that holds it.',
    );
  }
}
