import { equalBytes } from '../bytes/index.ts';
import type { Origin } from '../event/index.ts';
import { compareStatements, drives, type Statement } from './comparison.ts';
import type { Cursor, SyncFrame } from './frame.ts';
import type { FrontierEntry } from './frontier.ts';
import { FrontierListener, type ListenerHost } from './frontier-listener.ts';
import { FrontierTeller, type TellerHost, type Written } from './frontier-teller.ts';
import { SYNC_LIMITS, SYNC_VERSION } from './limits.ts';
import { LogAliases } from './log-aliases.ts';
import { ProofTeller } from './proof-teller.ts';
import { Receipts } from './receipts.ts';
import { RemoteFrontier } from './remote-frontier.ts';
import type { SessionView } from './session-view.ts';
import { TreeComparison } from './tree-comparison.ts';

type Frame<Type extends SyncFrame['type']> = Extract<SyncFrame, { type: Type }>;

/** What the reconciler asks of its session. */
export interface ReconcilerHost extends Omit<ListenerHost, 'heard'>, TellerHost {
  /** Everything up to an arrival of the remote's store is held here. */
  reached(cursor: Cursor): void;
}

/**
 * What the two sides are finding out together:
 *
 * | phase   | begins with two statements whose digests differ | this side                                       | ends with         |
 * |---------|-------------------------------------------------|-------------------------------------------------|-------------------|
 * | idle    |                                                 | announces what changes                          |                   |
 * | changes | both with a usable cursor                       | has told what changed since the remote's cursor | the remote's last |
 * | drive   | own digest is the smaller                       | asks for nodes, tells what differs              | its own last      |
 * | follow  | own digest is the larger                        | has shown its root, shows what it is asked for  | the remote's last |
 */
type Phase = 'idle' | 'changes' | 'drive' | 'follow';

/**
 * Finds out, together with the remote, what each lacks of the other (docs/protocol/sync.md#comparison), and keeps
 * that knowledge up to date as either moves on.
 *
 * Invariants:
 * - R1: each side makes one statement for each that the other makes, and both decide by the same two.
 * - R2: outside of a phase, each change of this side's frontier up to the arrivals that it last told has been
 *   told, or is exactly what the remote told.
 * - R3: a cursor is reached only when everything that the remote told up to it is committed here, or is not
 *   accepted here.
 */
export class Reconciler {
  readonly remote: RemoteFrontier;
  readonly #view: SessionView;
  readonly #host: ReconcilerHost;
  readonly #aliases = new LogAliases();
  readonly #proofs: ProofTeller;
  readonly #teller: FrontierTeller;
  readonly #listener: FrontierListener;
  readonly #trees: TreeComparison;
  readonly #receipts: Receipts;
  #phase: Phase = 'idle';
  /** What either side has stated and the other has not answered. */
  #own: Statement | undefined;
  #theirs: Statement | undefined;
  #compareDue = false;
  #known = false;
  #greeted = false;
  /** How long news may wait, in ms. */
  #lazyMs: number = SYNC_LIMITS.lazyMs;

  /** @param cursor how much of the remote's store is held here, as far as that is remembered */
  constructor(view: SessionView, host: ReconcilerHost, cursor: Cursor | undefined) {
    this.#view = view;
    this.#host = host;
    this.remote = new RemoteFrontier(view);
    const send = (frame: SyncFrame): void => host.send(frame);
    this.#proofs = new ProofTeller(view, this.remote, send);
    this.#teller = new FrontierTeller(view, this.remote, this.#aliases, this.#proofs, host);
    this.#listener = new FrontierListener(view, this.remote, this.#aliases, {
      close: (code, message) => host.close(code, message),
      dispute: (origin, fault) => host.dispute(origin, fault),
      heard: (origin) => this.#proofs.prove(origin),
    });
    this.#trees = new TreeComparison({
      frontier: view.frontier,
      remote: this.remote,
      teller: this.#teller,
      listener: this.#listener,
      send,
      close: (code, message) => host.close(code, message),
    });
    this.#receipts = new Receipts(view, this.remote, cursor, (reached) => host.reached(reached));
  }

  /** Whether the remote has greeted. */
  get greeted(): boolean {
    return this.#greeted;
  }

  /** Whether the remote's whole frontier has been found out. */
  get known(): boolean {
    return this.#known;
  }

  /** How this side names a log, and which log the remote names. */
  get aliases(): Pick<LogAliases, 'name' | 'resolve'> {
    return this.#aliases;
  }

  /** Greets the remote: the session's first frame. */
  open(): void {
    const { spaceTag, storeId } = this.#view;
    const { cursor } = this.#receipts;
    const own = { storeId, ...this.#statement(), ...(cursor && { cursor }) };
    this.#own = own;
    this.#host.send({ type: 'hello', version: SYNC_VERSION, spaceTag, ...own });
  }

  /** Compares again as soon as nothing is left to be fetched. */
  compare(): void {
    this.#compareDue = true;
  }

  onHello(hello: Frame<'hello'>): void {
    if (hello.version !== SYNC_VERSION) {
      this.#host.close('wrong_version', `sync version ${hello.version}, this device speaks ${SYNC_VERSION}`);
    } else if (!equalBytes(hello.spaceTag, this.#view.spaceTag)) {
      this.#host.close('wrong_space', 'the peer is of another space');
    } else if (this.greeted) {
      this.#host.close('out_of_turn', 'a second hello');
    } else {
      this.#greeted = true;
      this.#receipts.begin(hello.storeId);
      this.#lazyMs = SYNC_LIMITS.lazyMs * (this.#view.storeId > hello.storeId ? 2 : 1);
      this.#theirs = hello;
      this.#meet();
    }
  }

  onCompare({ frontierDigest = this.#own?.frontierDigest, arrivals }: Frame<'compare'>): void {
    if (frontierDigest === undefined || this.#theirs !== undefined) {
      this.#host.close('out_of_turn', 'a compare without a digest that answers nothing, or a second one');
      return;
    }
    this.#theirs = { frontierDigest, arrivals };
    this.#meet();
  }

  onFrontier({ entries, arrivals, last, held }: Frame<'frontier'>): void {
    if (last && this.#phase !== 'changes' && this.#phase !== 'follow') {
      this.#host.close('out_of_turn', 'the end of a comparison that was not begun');
      return;
    }
    this.#listener.hear(entries);
    this.#receipts.hear(arrivals, entries.length > 0);
    if (held !== undefined) this.#listener.onHeld(held);
    if (last) this.#endPhase();
  }

  /** The remote drives and asks for nodes of this side's tree. */
  onLook({ paths }: Frame<'look'>): void {
    if (this.#phase === 'follow') this.#trees.show(paths);
    else this.#host.close('out_of_turn', 'a look at a tree that is not being compared');
  }

  /** This side drives, and a node of the remote's tree has come. */
  onNode(node: Frame<'node'>): void {
    if (this.#phase !== 'drive') {
      this.#host.close('out_of_turn', 'a node of a tree that is not being compared');
    } else if (this.#trees.onNode(node)) {
      this.#endPhase();
      this.#teller.tell([], { last: true, held: this.#receipts.give() });
    }
  }

  /** Tells positions that have changed, each at its time. */
  announce(entries: readonly FrontierEntry[], nowMs: number, written: Written): void {
    for (const entry of entries) this.remote.published(entry);
    this.#teller.queue(entries, nowMs + this.#lazyMs, written);
  }

  /** Tells what has waited for its time. */
  tick(nowMs: number): void {
    this.#teller.tick(nowMs);
  }

  /** When the next tick is needed, in ms since 1970. */
  get deadlineMs(): number | undefined {
    return this.#teller.deadlineMs;
  }

  /** Sends the proof that a log has forked, unless the remote has it. */
  prove(origin: Origin): void {
    this.#proofs.prove(origin);
  }

  /** The remote has said something. */
  heard(): void {
    this.#proofs.goOn();
  }

  /**
   * Does what is due at the end of a step.
   * @param idle whether nothing is being asked of the remote
   */
  settle(idle: boolean): void {
    const isDue = this.#receipts.isDue || this.#theirs !== undefined || this.#compareDue;
    const isSettled = isDue && idle && this.#phase === 'idle' && this.#known && !this.#receipts.isFetching();
    this.#teller.flush(isSettled ? this.#receipts.give() : undefined);
    if (isSettled && this.#own === undefined && (this.#theirs !== undefined || this.#compareDue))
      this.#state();
  }

  #statement(): Statement {
    const { frontier } = this.#view;
    return { frontierDigest: frontier.digest(), arrivals: frontier.arrivals };
  }

  /** Makes a statement, or the answer to one. */
  #state(): void {
    const own = this.#statement();
    const { frontierDigest, arrivals } = own;
    const isEqual = this.#theirs !== undefined && equalBytes(this.#theirs.frontierDigest, frontierDigest);
    this.#host.send({ type: 'compare', ...(isEqual ? {} : { frontierDigest }), arrivals });
    this.#own = own;
    this.#compareDue = false;
    this.#meet();
  }

  /** Begins what two statements lead to. */
  #meet(): void {
    const [own, theirs] = [this.#own, this.#theirs];
    if (own === undefined || theirs === undefined) return;
    this.#own = undefined;
    this.#theirs = undefined;
    this.#receipts.hear(theirs.arrivals, true);
    const outcome = compareStatements(own, theirs);
    switch (outcome) {
      case 'equal':
        this.#listener.holdsAll(own.arrivals);
        this.#receipts.waive(theirs.arrivals);
        this.#receipts.advance();
        this.#endPhase();
        return;
      case 'changes': {
        const since = theirs.cursor?.arrivals ?? 0;
        this.#phase = outcome;
        // Cursors are hearsay: whether they told the truth shows when all is fetched.
        this.#compareDue = drives(own, theirs);
        this.#listener.holds(0, since);
        this.#receipts.waive(own.cursor?.arrivals ?? 0);
        this.#teller.tell([...this.#view.frontier.changed(since)], { last: true });
        return;
      }
      case 'drive':
        this.#phase = outcome;
        this.#trees.drive();
        return;
      case 'follow':
        this.#phase = outcome;
        this.#trees.follow();
        return;
    }
  }

  #endPhase(): void {
    this.#phase = 'idle';
    this.#known = true;
  }
}
