import type { DeviceId } from '../../protocol/crypto/index.ts';
import {
  type AppendEntry,
  Engine,
  type EngineEffect,
  type EngineInput,
  type EngineOptions,
  type RetirementReason,
  readEngineImage,
  type UntimedInput,
} from '../../protocol/engine/index.ts';
import type { Origin, PlacedEvent } from '../../protocol/event/index.ts';
import { type Fault, SmoError } from '../../protocol/fault/index.ts';
import type { Manifest } from '../../protocol/manifest/index.ts';
import type { GossipVerdict } from '../../protocol/sync/index.ts';
import type { RebuildListener } from '../api/index.ts';
import type { Marker } from '../home/index.ts';
import { isStoreFault } from '../store/index.ts';
import { Conditions } from './conditions.ts';
import type { EngineListener } from './engine-listener.ts';
import { EngineStores, type EngineStoresOptions } from './engine-stores.ts';
import { MarkerWriter } from './marker-writer.ts';
import { OpenRequests, type RequestAnswer } from './open-requests.ts';
import { OwnLogKeeper, type OwnLogNotes } from './own-log-keeper.ts';
import { StoreEffects } from './store-effects.ts';
import { Tasks } from './tasks.ts';
import { TickTimer } from './tick-timer.ts';

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

/** Runs one engine against the stores, the clock and the network. It performs effects and decides nothing. */
export class EngineHost {
  readonly #options: EngineHostOptions;
  readonly #engine: Engine;
  readonly #requests = new OpenRequests();
  readonly #followers = new Set<(event: PlacedEvent) => void>();
  readonly #conditions = new Conditions(() => this.#failure);
  readonly #tasks = new Tasks((error) => this.fail(error));
  readonly #ownLogs: OwnLogKeeper;
  readonly #storeEffects: StoreEffects;
  readonly #marker: MarkerWriter;
  readonly #timer: TickTimer;
  /** Ends the wait of what is not under way yet. */
  readonly #stopping = new AbortController();
  #listener: EngineListener | undefined;
  #failure: Error | undefined;
  #closed = false;

  private constructor(options: EngineHostOptions, engine: Engine) {
    this.#options = options;
    this.#engine = engine;
    this.#ownLogs = new OwnLogKeeper(options.notes);
    this.#storeEffects = new StoreEffects(new EngineStores(options), this.#tasks, {
      step: (input) => this.step(input),
      committed: (commit) => this.#marker.note(commit),
      restored: (origin, segment) => this.#listener?.restored(origin, segment),
    });
    this.#marker = new MarkerWriter(options.signer.device, options.marker, (error) => this.fail(error));
    this.#timer = new TickTimer(options.nowMs, () => this.step({ type: 'tick' }));
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
    return this.#conditions.until(holds, signal);
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
   * Appends events; resolves once they are durable. Waits while the state is made anew.
   * @throws SmoError when one may not be written: then none is; or when the store fails: then the first ones may be there
   */
  async append(entries: readonly HostAppendEntry[]): Promise<readonly PlacedEvent[]> {
    await this.#writable();
    if (this.#failure !== undefined) throw this.#failure;
    const { main } = this.#engine;
    const placed = entries.map((entry) => ({ ...entry, origin: entry.origin ?? main }));
    const answer = this.#request((request) => ({ type: 'append', request, entries: placed }));
    const effect = await answer.catch((error: unknown) => {
      // The engine has ended with some of it under way.
      const isCutShort = this.#failure !== undefined && entries.length > 1;
      throw isCutShort && error instanceof SmoError ? perhapsInPart(error, entries.length) : error;
    });
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
    this.#conditions.look();
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
    this.#timer.cancel();
    this.#requests.fail(this.#failure);
    this.#conditions.look();
    this.#listener?.failed(this.#failure);
  }

  /** Resolves when no commit or read is under way. */
  settled(): Promise<void> {
    return this.#tasks.settled();
  }

  /** Runs a task during which nothing is written; commits wait for its end. */
  exclusively<T>(task: () => Promise<T>): Promise<T> {
    return this.#tasks.exclusively(task);
  }

  /** Completes what is under way and stops. The stores stay open. */
  async close(): Promise<void> {
    this.#stopping.abort(closedError());
    await this.settled();
    // At once: what came while the marker is replaced would be under way when the stores are closed.
    this.#closed = true;
    this.#timer.cancel();
    this.#requests.fail(closedError());
    await this.#marker.settle();
  }

  /** Resolves when it is certain to which log can be appended, and by a whole state whether that counts. */
  async #writable(): Promise<void> {
    await this.#ownLogs.ready();
    await this.caughtUp();
  }

  #request(input: (request: number) => UntimedInput): Promise<RequestAnswer> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (this.#closed) return Promise.reject(closedError());
    return this.#requests.add((request) => {
      try {
        this.#step(input(request));
      } catch (error) {
        if (isStoreFault(error)) this.fail(error);
        throw error;
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
      case 'read-range':
      case 'read-answer':
      case 'restore':
      case 'read-records':
        this.#storeEffects.perform(effect);
        break;
      case 'set-timer':
        this.#timer.set(effect.atMs);
        break;
      case 'appended':
      case 'sealed':
      case 'gossip-verdict':
        this.#requests.answer(effect);
        break;
      case 'applied':
        for (const follower of this.#followers) follower(effect.event);
        break;
    }
  }

  #retire(origin: Origin, reason: RetirementReason): void {
    const goOn = (main: Origin): void => this.step({ type: 'continue', origin: main });
    this.#tasks.run(() => this.#ownLogs.retire(origin, reason, origin === this.#engine.main, goOn));
    this.#listener?.retired(origin, reason);
  }
}

const closedError = (): SmoError => new SmoError('closed', 'the device has been stopped');

/** Many events are written segment by segment: whoever appends all of them again may write the first ones twice. */
const perhapsInPart = ({ code, message, hint }: SmoError, events: number): SmoError =>
  new SmoError(
    code,
    message,
    `${hint} Some of the ${events} events may be written already: look with \`smo log\` before you append them again.`.trim(),
  );
