import { setImmediate as turn } from 'node:timers/promises';
import type { DeviceId } from '../../protocol/crypto/index.ts';
import type { Commit, EffectOf, UntimedInput, WholeSegment } from '../../protocol/engine/index.ts';
import type { Origin } from '../../protocol/event/index.ts';
import type { Question } from '../../protocol/sync/index.ts';
import type { EngineStores } from './engine-stores.ts';
import type { Tasks } from './tasks.ts';

/** What an engine asks of its stores. */
export type StoreEffect = EffectOf<'commit' | 'read-range' | 'read-answer' | 'restore' | 'read-records'>;

/** Who is told what came of it. */
export interface StoreEffectsHost {
  /** Hands what the stores give to the engine. */
  step(input: UntimedInput): void;
  /** A commit is written; the engine hears of it next. */
  committed(commit: Commit): void;
  /** A damaged segment is whole again. */
  restored(origin: Origin, segment: number): void;
}

/** Has the stores do what an engine asks of them, and hands it what comes of that. */
export class StoreEffects {
  readonly #stores: EngineStores;
  readonly #tasks: Tasks;
  readonly #host: StoreEffectsHost;

  constructor(stores: EngineStores, tasks: Tasks, host: StoreEffectsHost) {
    this.#stores = stores;
    this.#tasks = tasks;
    this.#host = host;
  }

  perform(effect: StoreEffect): void {
    this.#tasks.run(() => this.#do(effect));
  }

  #do(effect: StoreEffect): Promise<void> {
    switch (effect.type) {
      case 'commit':
        return this.#commit(effect.commit);
      case 'read-range':
        return this.#readRange(effect);
      case 'read-answer':
        return this.#readAnswer(effect.peer, effect.question);
      case 'restore':
        return this.#restore(effect.segment);
      case 'read-records':
        return this.#readRecords(effect);
    }
  }

  async #commit(commit: Commit): Promise<void> {
    await this.#tasks.exclusively(() => this.#stores.write(commit));
    this.#host.committed(commit);
    this.#host.step({ type: 'committed', commit: commit.id });
  }

  async #readRange({ peer, origin, segment, events }: EffectOf<'read-range'>): Promise<void> {
    const range = await this.#stores.range(origin, segment, events);
    this.#host.step({ type: 'range-read', peer, range });
  }

  /** After whatever else is due: an answer may take the time to hash a segment. */
  async #readAnswer(peer: DeviceId, question: Question): Promise<void> {
    await turn();
    this.#host.step({ type: 'answer-read', peer, answer: this.#stores.answer(question) });
  }

  async #restore(whole: WholeSegment): Promise<void> {
    const restored = await this.#tasks.exclusively(() => this.#stores.restore(whole));
    const { origin, segment } = whole.manifest;
    if (restored) this.#host.restored(origin, segment);
    this.#host.step({ type: 'repaired', origin, segment, restored });
  }

  async #readRecords(request: EffectOf<'read-records'>): Promise<void> {
    const { origin, firstSeq } = request;
    const records = await this.#stores.records(request);
    this.#host.step({ type: 'records-read', origin, firstSeq, records });
  }
}
