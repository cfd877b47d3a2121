import type { Commit, RecordStore, StateStore, WholeSegment } from '../../protocol/engine/index.ts';
import { type DrawStream, Draws } from '../draws/index.ts';
import { DiskIlls } from './disk-ills.ts';
import { DiskRecords, type RecordsBefore } from './disk-records.ts';
import { DiskRows, type RowsBefore } from './disk-rows.ts';
import { type Leftover, type PowerCut, tornLeftover } from './power-cut.ts';
import { type Damage, damageSegment, type RecordPlace, rotRecord } from './spoil.ts';
import { ailingRecords, ailingState, recordPort, statePort } from './store-ports.ts';

/** What is on a disk at one moment. It never changes, and may be put on any disk any number of times. */
export interface DiskImage {
  readonly storeId: string;
  readonly records: Pick<DiskRecords, 'copy'>;
  readonly rows: Pick<DiskRows, 'copy'>;
}

/** A write that a power cut may take back, in either of the two databases. */
interface Unsynced {
  readonly records: RecordsBefore | undefined;
  readonly state: RowsBefore;
  /** What it holds of each log, by where that begins. */
  readonly places: readonly RecordPlace[];
  /** Whether each of the databases has been written to. */
  readonly hasRecords: boolean;
  readonly hasState: boolean;
}

/** What one device has on its disk: a record store and a state store, each a database of its own. */
export class SimDisk {
  /** See everything that was written, at once. */
  readonly records: RecordStore;
  readonly state: StateStore;
  /** The rows of the state, without waiting. */
  readonly rows: Pick<DiskRows, 'get' | 'scan'> = {
    get: (key) => this.#rows.get(key),
    scan: (prefix) => this.#rows.scan(prefix),
  };
  /** Records and state as the device sees them, which may fail. */
  readonly ailing: { readonly records: RecordStore; readonly state: StateStore };
  readonly ills: DiskIlls;
  #storeId: string;
  #records = new DiskRecords();
  #rows = new DiskRows();
  #unsynced: Unsynced[] = [];
  #begun: Parameters<SimDisk['write']>[0] | undefined;
  #safeRecords = 0;
  #safeState = 0;
  /** Of so many writes it has said that the records are safe, which is a lie beyond those that are. */
  #promisedRecords = 0;

  /**
   * @param storeId the id of its record store, as if drawn when that was created
   * @param chance decides where it goes wrong while it is ill
   */
  constructor(storeId: string, chance: DrawStream = new Draws(0n).stream('disk')) {
    this.#storeId = storeId;
    this.ills = new DiskIlls(chance);
    this.records = recordPort(
      () => this.#storeId,
      () => this.#records,
      {
        write: async (logs, { durable, evidence = [] }) => {
          if (logs.length + evidence.length === 0) return;
          this.write({ logs, evidence, reset: false, state: [] });
          if (durable) this.syncRecords();
        },
        restore: async (segment) => this.restoreSegment(segment),
      },
    );
    this.state = statePort(() => this.#rows, {
      write: async (state) => this.write({ logs: [], evidence: [], reset: false, state }),
      clear: async () => this.write({ logs: [], evidence: [], reset: true, state: [] }),
    });
    this.ailing = {
      records: ailingRecords(this.records, () => this.#records, this.ills),
      state: ailingState(this.state, this.ills),
    };
  }

  /**
   * Takes one commit, all or none: reads see it at once; a power cut may lose it until {@link sync}. The bytes and
   * rows are kept as they are, and must not change. The host of an engine writes records and state one after the
   * other: whoever wants the power to go off in between hands in each half by itself.
   * @throws RangeError when a write does not continue its log
   */
  write({ logs, evidence, reset, state }: Pick<Commit, 'logs' | 'evidence' | 'reset' | 'state'>): void {
    const records = this.#records.write(logs, evidence);
    if (reset) this.#clearState();
    this.#unsynced.push({
      records,
      state: this.#rows.write(state),
      places: logs.map(({ origin, firstSeq }) => ({ origin, seq: firstSeq })),
      hasRecords: logs.length + evidence.length > 0,
      hasState: state.length > 0,
    });
  }

  /**
   * Begins to write a durable commit, one at a time. Nothing of it is read before {@link finish}, as a database puts a
   * write into its memory once that is on the disk; a power cut before that may find it written all the same.
   */
  begin(commit: Parameters<SimDisk['write']>[0]): void {
    this.#begun = commit;
  }

  /** The commit that was begun is written, and all records are safe. */
  finish(): void {
    this.#writeBegun();
    this.syncRecords();
  }

  /** Makes all that was written so far safe, as the system does when it has had the time. */
  sync(): void {
    this.#unsynced = [];
    this.#safeRecords = 0;
    this.#safeState = 0;
    this.#promisedRecords = 0;
  }

  /** Makes all records and evidence safe, as a durable commit does. Of the state only what clears it is ever waited for. */
  syncRecords(): void {
    this.#promisedRecords = this.#unsynced.length;
    if (!this.ills.lies) this.#safeRecords = this.#promisedRecords;
  }

  /** Its databases are opened, which makes safe what they hold: what a program had begun to write before it ended, too. */
  reopen(): void {
    this.#writeBegun();
    if (this.ills.lies) this.syncRecords();
    else this.sync();
  }

  /** Writes since the last {@link sync}, the one that is begun among them. */
  get unsynced(): number {
    return this.#unsynced.length + (this.#begun === undefined ? 0 : 1);
  }

  /** Of so many of these, the oldest, the records are safe. */
  get safeRecords(): number {
    return this.#safeRecords;
  }

  /**
   * The power goes off. Of the writes since the last {@link sync} the record store keeps the oldest ones alone, those
   * that are safe among them, and so does the state store, which may keep fewer or more: only a sync orders what two
   * databases write, and each brings its own writes to the disk whenever its memory is full. What is left is safe.
   */
  crash(keptRecords: number, keptState: number): PowerCut {
    this.#writeBegun();
    const kept = Math.max(keptRecords, this.#safeRecords);
    const broken = this.#brokenFrom(kept);
    this.#keep(kept, Math.max(keptState, this.#safeState));
    return { isTorn: false, isReordered: false, broken, cut: [] };
  }

  /**
   * The power goes off while the disk writes in an order of its own, and not all of each write. Each database is
   * used up to the first write that is not whole. Where whole ones are found beyond it, a record store is made anew,
   * with another id, and a state is thrown away: what the node, and its doctor, do.
   */
  tear(chance: DrawStream, newStoreId: () => string): PowerCut {
    this.#writeBegun();
    const records = this.#leftover(chance, ({ hasRecords }) => hasRecords, this.#safeRecords);
    const state = this.#leftover(chance, ({ hasState }) => hasState, this.#safeState);
    const broken = this.#brokenFrom(records.kept);
    const cut = records.beyond.flatMap((i) => this.#unsynced[i]?.places.map(({ origin }) => origin) ?? []);
    this.#keep(records.kept, state.kept);
    if (records.isDamaged) this.#storeId = newStoreId();
    if (state.isDamaged) this.#rows = new DiskRows();
    return {
      isTorn: records.isTorn || state.isTorn,
      isReordered: records.isDamaged || state.isDamaged,
      broken,
      cut: [...new Set(cut)],
    };
  }

  /**
   * Puts a whole segment in the place of a damaged one; safe at once, with all records that were written before.
   * @throws RangeError when it is not a segment of the log as it is held
   */
  restoreSegment(segment: WholeSegment): void {
    this.#records.restore(segment);
    this.syncRecords();
  }

  /** What is on the disk now, as after a sync. */
  copy(): DiskImage {
    return { storeId: this.#storeId, records: this.#records.copy(), rows: this.#rows.copy() };
  }

  /** Everything that can be read from the disk, in an order that does not depend on when it was written. */
  *contents(): Iterable<string | Uint8Array> {
    yield `${this.#storeId} ${this.#records.arrivals}`;
    for (const log of this.#records.sorted()) {
      const { tail, arrival } = log.position;
      yield `${log.origin} ${arrival} ${tail.manifest.segment} ${tail.manifest.sealed}`;
      for (let seq = 1; seq <= log.length; seq += 1) yield log.record(seq) ?? '';
    }
    for (const { origin, bytes } of this.#records.evidence) yield* [origin, bytes];
    for (const [key, row] of this.#rows.scan('')) yield `${key} ${JSON.stringify(row)}`;
  }

  /** Puts an image in the place of what is on the disk. */
  restore({ storeId, records, rows }: DiskImage): void {
    this.#storeId = storeId;
    this.#records = records.copy();
    this.#rows = rows.copy();
    this.#begun = undefined;
    this.sync();
  }

  /** All is gone. What comes then is in a new record store, with another id. */
  wipe(storeId: string): void {
    this.#storeId = storeId;
    this.#records = new DiskRecords();
    this.#rows = new DiskRows();
    this.#begun = undefined;
    this.sync();
  }

  /**
   * Other bytes stand in the place of a record, as the number chooses it from all that are held; undefined when there
   * is none. Its checksum does not fit them: reading it is `store_damaged`, and nobody knows of it before.
   */
  rot(choice: number): RecordPlace | undefined {
    return rotRecord(this.#records, choice);
  }

  #writeBegun(): void {
    const begun = this.#begun;
    this.#begun = undefined;
    if (begun !== undefined) this.write(begun);
  }

  /** What is cleared stays so: a state that came back could fit records that it was not made of. */
  #clearState(): void {
    const state = this.#rows.clear();
    this.#unsynced.push({ records: undefined, state, places: [], hasRecords: false, hasState: true });
    this.#safeState = this.#unsynced.length;
  }

  /** What a loss of power leaves of the writes that one database has seen, by their numbers among all. */
  #leftover(chance: DrawStream, isSeen: (write: Unsynced) => boolean, safe: number): Leftover {
    const seen = this.#unsynced.flatMap((write, i) => (isSeen(write) ? [i] : []));
    const left = tornLeftover(chance, seen.length, seen.filter((i) => i < safe).length);
    const numberOf = (at: number): number => seen[at] ?? this.#unsynced.length;
    return { ...left, kept: numberOf(left.kept), beyond: left.beyond.map(numberOf) };
  }

  #keep(records: number, state: number): void {
    for (const write of this.#unsynced.slice(state).reverse()) this.#rows.takeBack(write.state);
    for (const write of this.#unsynced.slice(records).reverse()) {
      if (write.records !== undefined) this.#records.takeBack(write.records);
    }
    this.sync();
  }

  /** Where each log begins that was said to be safe and is in no write before this one. */
  #brokenFrom(kept: number): readonly RecordPlace[] {
    const broken = new Map<string, RecordPlace>();
    for (const { places } of this.#unsynced.slice(kept, this.#promisedRecords)) {
      for (const place of places) if (!broken.has(place.origin)) broken.set(place.origin, place);
    }
    return [...broken.values()];
  }

  /**
   * Damages what is held of a segment, and makes it known, as if the doctor had found it.
   * @throws RangeError when that is not held
   */
  damage(damage: Damage): void {
    damageSegment(this.#records, damage);
  }
}
