import type { Origin, Seq } from '../event/index.ts';
import type { Place } from '../log/index.ts';
import type { LogWrite } from './ports.ts';

/** Records that are verified and not yet committed, for those who have to read them before the store can. */
export class PendingRecords {
  readonly #logs = new Map<Origin, Map<Seq, Uint8Array>>();

  /** Adds records of one log. */
  add(origin: Origin, firstSeq: Seq, records: readonly Uint8Array[]): void {
    const log = this.#logs.get(origin) ?? new Map<Seq, Uint8Array>();
    this.#logs.set(origin, log);
    records.forEach((record, i) => {
      log.set(firstSeq + i, record);
    });
  }

  /** A record that is under way to the store. */
  record({ origin, seq }: Place): Uint8Array | undefined {
    return this.#logs.get(origin)?.get(seq);
  }

  /** Whether there are records of a log that fulfils a condition. */
  has(holds: (origin: Origin) => boolean): boolean {
    return [...this.#logs.keys()].some(holds);
  }

  /** Forgets what a commit has stored. */
  settle(writes: readonly LogWrite[]): void {
    for (const { origin, firstSeq, records } of writes) {
      const log = this.#logs.get(origin);
      for (let i = 0; i < records.length; i += 1) log?.delete(firstSeq + i);
      if (log?.size === 0) this.#logs.delete(origin);
    }
  }
}
