import { setImmediate as turn } from 'node:timers/promises';
import type { DeviceId } from '../../protocol/crypto/index.ts';
import {
  type AppendEntry,
  type Commit,
  Engine,
  type EngineEffect,
  type EngineInput,
  type EngineOptions,
  isDamage,
  type RecordsRequest,
  type RetirementReason,
  readEngineImage,
  type UntimedInput,
  type WholeSegment,
} from '../../protocol/engine/index.ts';
import type { Origin, PlacedEvent } from '../../protocol/event/index.ts';
import { type Fault, SmoError } from '../../protocol/fault/index.ts';
import type { Manifest } from '../../protocol/manifest/index.ts';
import type { GossipVerdict, Question } from '../../protocol/sync/index.ts';
import type { RebuildListener } from '../api/index.ts';
import type { Marker } from '../home/index.ts';
import type { EngineListener } from './engine-listener.ts';
import { EngineStores, type EngineStoresOptions } from './engine-stores.ts';
import { MarkerWriter } from './marker-writer.ts';
import { OwnLogKeeper, type OwnLogNotes } from './own-log-keeper.ts';

/** What an engine host is made of. */
export interface EngineHostOptions
  extends Omit<EngineOptions, 'image' | 'records' | 'state' | 'origin' | 'retired'>,
    EngineStoresOptions {
  /** Which logs the home says are written to. */
  readonly notes: OwnLogNotes;
  /** Logs of which this device has signed more than its store holds. */
  readonly behind: readonly Origin[];
  /** Remembers outside of the home how far this device has written. */
  readonly marker: Marker;
  readonly nowMs: () => number;
}

/** An event to append, to the log that the device writes to by default if it names none. */
export type HostAppendEntry = Omit<AppendEntry, 'origin'> & Partial<Pick<AppendEntry, 'origin'>>;

/** An unanswered request of the application. */
interface Waiting {
  readonly resolve: (effect: EngineEffect) => void;
  readonly reject: (error: Error) => void;
}

/** Runs one engine against the stores, the clock and the network. It performs effects and decides nothing. */
export class EngineHost {
  readonly #options: EngineHostOptions;
  readonly #engine: Engine;
  readonly #waiting = new Map<number, Waiting>();
  readonly #followers = new Set<(event: PlacedEvent) => void>();
  readonly #watchers = new Set<() => void>();
  readonly #tasks = new Set<Promise<void>>();
  readonly #ownLogs: OwnLogKeeper;
  readonly #stores: EngineStores;
  readonly #marker: MarkerWriter;
  /** Ends the wait of what is not under way yet. */
  readonly #stopping = new AbortController();
  #listener: EngineListener | undefined;
  #lastRequest = 0;
  #cancelTimer: () => void = () => undefined;
  /** Resolves when whoever writes or reads exclusively is done. */
  #writes: Promise<void> = Promise.resolve();
  #failure: Error | undefined;
  #closed = false;

  private constructor(options: EngineHostOptions, engine: Engine) {
    this.#options = options;
    this.#engine = engine;
    this.#ownLogs = new OwnLogKeeper(options.notes);
    this.#stores = new EngineStores(options);
    this.#marker = new MarkerWriter(options.signer.device, options.marker, (error) => this.fail(error));
  }

  /** Opens the engine on its stores and takes up what was left to apply. */
  static async open(options: EngineHostOptions): Promise<EngineHost> {
    const image = await readEngineImage(options.records, options.state);
    const { notes, behind } = options;
    const retired = new Map(behind.map((log): [Origin, RetirementReason] => [log, 'behind']));
    for (const [log, reason] of notes.retired) retired.set(log, reason);
    const host = new EngineHost(options, new Engine({ ...options, image, origin: notes.main, retired }));
    host.step({ type: 'tick' });
    await host.settled();
    if (host.#failure !== undefined) throw host.#failure;
    return host;
  }

  /** The engine, for reading. */
  get engine(): Engine {
    return this.#engine;
  }

  /** Who performs what concerns the network; replaced as a whole. */
  listen(listener: EngineListener | undefined): void {
    this.#listener = listener;
  }

  /** Calls back for each event that is applied and committed; returns the way to stop. */
  follow(follower: (event: PlacedEvent) => void): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }

  /**
   * Resolves as soon as a condition holds; looked at after everything that happens. Rejects when the signal aborts, or
   * when the store fails, as nothing happens after that.
   */
  until(holds: () => boolean, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (signal.aborted) reject(signal.reason);
        else if (holds()) resolve();
        else if (this.#failure !== undefined) reject(this.#failure);
        else return;
        this.#watchers.delete(look);
        signal.removeEventListener('abort', look);
      };
      this.#watchers.add(look);
      signal.addEventListener('abort', look);
      look();
    });
  }

  /**
   * Lets what is to be appended wait until another device has told how far it knows this device's logs, or the
   * signal aborts: a home that was restored from a backup would sign second histories of them.
   */
  checkOwnLogs(signal: AbortSignal): void {
    const { membership } = this.#engine;
    if (membership.size - (membership.has(this.#options.signer.device) ? 1 : 0) === 0) return;
    this.#ownLogs.waitFor(this.until(() => this.#engine.ownLogsChecked, signal));
  }

  /**
   * Appends events, all or none; resolves once they are durable. Waits while the state is made anew.
   * @throws SmoError when one cannot be written
   */
  async append(entries: readonly HostAppendEntry[]): Promise<readonly PlacedEvent[]> {
    await this.#writable();
    const { main } = this.#engine;
    const placed = entries.map((entry) => ({ ...entry, origin: entry.origin ?? main }));
    const effect = await this.#request((request) => ({ type: 'append', request, entries: placed }));
    return effect.type === 'appended' ? effect.events : [];
  }

  /** Closes the open segments of this device's logs. */
  async seal(): Promise<readonly Manifest[]> {
    await this.#writable();
    const effect = await this.#request((request) => ({ type: 'seal', request }));
    return effect.type === 'sealed' ? effect.manifests : [];
  }

  /**
   * Takes in evidence that somebody brings; resolves once it is stored.
   * @throws SmoError when it proves nothing about a log of this space
   */
  async learn(evidence: Uint8Array): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    this.#step({ type: 'evidence', bytes: evidence });
    await this.settled();
  }

  /** What is to become of a gossip message that a peer has passed on. Never rejects: a device that is stopping ignores it. */
  async gossip(
    peer: DeviceId,
    message: Uint8Array,
  ): Promise<{ readonly verdict: GossipVerdict; readonly fault?: Fault }> {
    try {
      const effect = await this.#request((request) => ({ type: 'gossip', request, peer, message }));
      return effect.type === 'gossip-verdict' ? effect : { verdict: 'ignore' };
    } catch {
      return { verdict: 'ignore' };
    }
  }

  /** Hands an input to the engine and performs what follows. */
  step(input: UntimedInput): void {
    try {
      this.#step(input);
    } catch (error) {
      if (!(error instanceof SmoError)) throw error;
      // The engine has met damage that it cannot go on with; half a step must not be followed by another.
      this.fail(error);
    }
  }

  #step(input: UntimedInput): void {
    if (this.#closed || this.#failure !== undefined) return;
    for (const effect of this.#engine.step({ ...input, nowMs: this.#options.nowMs() } as EngineInput)) {
      this.#perform(effect);
    }
    for (const look of this.#watchers) look();
  }

  /**
   * Resolves when the state is that of all that is stored and ready: after a start it may lag, and it is made anew where a
   * verdict has changed.
   * @param onRebuild is told how far that is, after everything that happens
   * @throws SmoError when the store fails, or the device is closed before
   */
  async caughtUp(onRebuild?: RebuildListener): Promise<void> {
    const isWhole = (): boolean => {
      const { rebuilding } = this.#engine;
      if (rebuilding !== undefined) onRebuild?.(rebuilding);
      return rebuilding === undefined;
    };
    while (this.#engine.rebuilding !== undefined) await this.until(isWhole, this.#stopping.signal);
  }

  /** A store has failed. Memory and disk disagree from then on: nothing more is accepted until the home is opened again. */
  fail(error: Error): void {
    this.#failure =
      error instanceof SmoError
        ? error
        : new SmoError(
            'store_failed',
            `the store could not be written: ${error.message}`,
            'Free some disk space or check the disk, then start again; nothing acknowledged is lost.',
          );
    this.#cancelTimer();
    for (const { reject } of this.#waiting.values()) reject(this.#failure);
    this.#waiting.clear();
    for (const look of this.#watchers) look();
    this.#listener?.failed(this.#failure);
  }

  /** Resolves when no commit or read is under way. */
  async settled(): Promise<void> {
    while (this.#tasks.size > 0) await Promise.all(this.#tasks);
  }

  /** Runs a task during which nothing is written; commits wait for its end. */
  async exclusively<T>(task: () => Promise<T>): Promise<T> {
    const before = this.#writes;
    let done = (): void => undefined;
    this.#writes = new Promise((resolve) => {
      done = resolve;
    });
    await before;
    try {
      return await task();
    } finally {
      done();
    }
  }

  /** Completes what is under way and stops. The stores stay open. */
  async close(): Promise<void> {
    this.#stopping.abort(closedError());
    await this.settled();
    // At once: what came while the marker is replaced would be under way when the stores are closed.
    this.#closed = true;
    this.#cancelTimer();
    for (const { reject } of this.#waiting.values()) reject(closedError());
    this.#waiting.clear();
    await this.#marker.settle();
  }

  /** Resolves when it is certain to which log can be appended, and by a whole state whether that counts. */
  async #writable(): Promise<void> {
    await this.#ownLogs.ready();
    await this.caughtUp();
  }

  #request(input: (request: number) => UntimedInput): Promise<EngineEffect> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (this.#closed) return Promise.reject(closedError());
    this.#lastRequest += 1;
    const request = this.#lastRequest;
    return new Promise((resolve, reject) => {
      this.#waiting.set(request, { resolve, reject });
      try {
        this.#step(input(request));
      } catch (error) {
        this.#waiting.delete(request);
        reject(error);
        if (isDamage(error)) this.fail(error);
      }
    });
  }

  #perform(effect: EngineEffect): void {
    switch (effect.type) {
      case 'send':
        this.#listener?.send(effect.peer, effect.frame);
        break;
      case 'publish':
        this.#listener?.publish(effect.message);
        break;
      case 'disconnect':
        this.#listener?.disconnect(effect.peer, effect.fault);
        break;
      case 'membership':
        this.#listener?.membership(effect.membership);
        break;
      case 'refused':
        this.#listener?.refused(effect.peer, effect.origin, effect.fault);
        break;
      case 'equivocation':
        this.#listener?.forked(effect);
        break;
      case 'log-retired':
        this.#retire(effect.origin, effect.reason);
        break;
      case 'strike':
        this.#listener?.strike(effect);
        break;
      case 'commit':
        this.#run(() => this.#commit(effect.commit));
        break;
      case 'read-range':
        this.#run(() => this.#readRange(effect));
        break;
      case 'read-answer':
        this.#run(() => this.#readAnswer(effect.peer, effect.question));
        break;
      case 'restore':
        this.#run(() => this.#restore(effect.segment));
        break;
      case 'read-records':
        this.#run(() => this.#readRecords(effect));
        break;
      case 'set-timer':
        this.#setTimer(effect.atMs);
        break;
      case 'appended':
      case 'sealed':
      case 'gossip-verdict':
        this.#waiting.get(effect.request)?.resolve(effect);
        this.#waiting.delete(effect.request);
        break;
      case 'applied':
        for (const follower of this.#followers) follower(effect.event);
        break;
    }
  }

  #retire(origin: Origin, reason: RetirementReason): void {
    const goOn = (main: Origin): void => this.step({ type: 'continue', origin: main });
    this.#run(() => this.#ownLogs.retire(origin, reason, origin === this.#engine.main, goOn));
    this.#listener?.retired(origin, reason);
  }

  async #commit(commit: Commit): Promise<void> {
    await this.exclusively(() => this.#stores.write(commit));
    this.#marker.note(commit);
    this.step({ type: 'committed', commit: commit.id });
  }

  async #readRange(effect: Extract<EngineEffect, { type: 'read-range' }>): Promise<void> {
    const range = await this.#stores.range(effect.origin, effect.segment, effect.events);
    this.step({ type: 'range-read', peer: effect.peer, range });
  }

  /** After whatever else is due: an answer may take the time to hash a segment. */
  async #readAnswer(peer: DeviceId, question: Question): Promise<void> {
    await turn();
    this.step({ type: 'answer-read', peer, answer: this.#stores.answer(question) });
  }

  async #restore(whole: WholeSegment): Promise<void> {
    const restored = await this.exclusively(() => this.#stores.restore(whole));
    const { origin, segment } = whole.manifest;
    if (restored) this.#listener?.restored(origin, segment);
    this.step({ type: 'repaired', origin, segment, restored });
  }

  async #readRecords(request: RecordsRequest): Promise<void> {
    const { origin, firstSeq } = request;
    const records = await this.#stores.records(request);
    this.step({ type: 'records-read', origin, firstSeq, records });
  }

  #run(task: () => Promise<void>): void {
    const running = task()
      .catch((error: Error) => this.fail(error))
      .finally(() => this.#tasks.delete(running));
    this.#tasks.add(running);
  }

  #setTimer(atMs: number): void {
    this.#cancelTimer();
    const tick = (): void => this.step({ type: 'tick' });
    const waitMs = atMs - this.#options.nowMs();
    if (waitMs > 0) {
      const timer = setTimeout(tick, waitMs).unref();
      this.#cancelTimer = () => clearTimeout(timer);
    } else {
      // A timer would wait for a millisecond at least; this lets everything else have its turn, and goes on.
      const immediate = setImmediate(tick);
      this.#cancelTimer = () => clearImmediate(immediate);
    }
  }
}

const closedError = (): SmoError => new SmoError('closed', 'the device has been stopped');
