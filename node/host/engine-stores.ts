import type { Crypto } from '../../protocol/crypto/index.ts';
import {
  type Commit,
  isDamage,
  type RecordStore,
  type RecordsRequest,
  readStoredRecords,
  type StateStore,
  storedAnswers,
  undamagedRecords,
  type WholeSegment,
} from '../../protocol/engine/index.ts';
import type { Origin } from '../../protocol/event/index.ts';
import type { Answer, Question, SegmentRange } from '../../protocol/sync/index.ts';
import { restoreSegment } from './restore-segment.ts';

/** What an engine's data lies in. */
export interface EngineStoresOptions {
  readonly crypto: Crypto;
  readonly records: RecordStore;
  readonly state: StateStore;
}

/** What an engine asks of its stores. Where a reading meets damage, the store knows of it and reports it. */
export class EngineStores {
  readonly #options: EngineStoresOptions;
  /** Answers a question from what is stored; it may take the time to hash a segment. */
  readonly answer: (question: Question) => Answer;

  constructor(options: EngineStoresOptions) {
    this.#options = options;
    this.answer = storedAnswers(options.crypto, options.records);
  }

  /** Records first, then the state derived from them: the state may lag behind a crash, never lead. */
  async write({ logs, evidence, durable, reset, state: rows }: Commit): Promise<void> {
    const { records, state } = this.#options;
    if (logs.length > 0 || evidence.length > 0) await records.write(logs, { durable, evidence });
    if (reset) await state.clear();
    if (rows.length > 0) await state.write(rows);
  }

  /** What a peer wants. One that is told of no such segment asks another peer, or again later. */
  range(origin: Origin, segment: number, events: number): Promise<SegmentRange | undefined> {
    return undamaged(() => this.#options.records.range(origin, segment, events));
  }

  /** Stored records, up to what is damaged. */
  records(request: RecordsRequest): Promise<readonly Uint8Array[]> {
    const { records } = this.#options;
    const { origin } = request;
    return readStoredRecords((from, count) => undamagedRecords(records, origin, from, count), request);
  }

  /** Puts a verified segment in the place of a damaged one; whether it was done. */
  restore(whole: WholeSegment): Promise<boolean> {
    return restoreSegment(this.#options.records, whole);
  }
}

/** What a reading gives; undefined when it meets damage. */
const undamaged = async <T>(read: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await read();
  } catch (error) {
    if (!isDamage(error)) throw error;
    return undefined;
  }
};
