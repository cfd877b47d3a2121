import { equalBytes } from '../bytes/index.ts';
import type { Origin } from '../event/index.ts';
import type { Fault } from '../fault/index.ts';
import { compareStatements, drives, type Statement } from './comparison.ts';
import { Descent } from './descent.ts';
import type { Cursor, SyncFault, SyncFrame, ToldEntry } from './frame.ts';
import { type FrontierEntry, isContradiction, isSameEntry } from './frontier.ts';
import { FrontierTeller } from './frontier-teller.ts';
import { childPaths, shownHash } from './frontier-tree.ts';
import { SYNC_LIMITS, SYNC_VERSION } from './limits.ts';
import { LogAliases } from './log-aliases.ts';
import { Receipts } from './receipts.ts';
import { RemoteFrontier } from './remote-frontier.ts';
import type { SessionView } from './session-view.ts';

type Frame<Type extends SyncFrame['type']> = Extract<SyncFrame, { type: Type }>;

/** What the reconciler asks of its session. */
export interface ReconcilerHost {
  send(frame: SyncFrame): void;
  close(code: SyncFault, message: string): void;
  /** The remote is not believed on a log. */
  dispute(origin: Origin, fault: Fault): void;
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
  readonly #teller: FrontierTeller;
  readonly #receipts: Receipts;
  #phase: Phase = 'idle';
  /** What either side has stated and the other has not answered. */
  #own: Statement | undefined;
  #theirs: Statement | undefined;
  #compareDue = false;
  #descent = new Descent();
  /** Nodes shown to the remote that drives. */
  #shown = 0;
  #known = false;
  #greeted = false;
  /** Own arrivals up to which the remote has said that it holds everything. */
  #remoteHolds = 0;

  /** @param cursor how much of the remote's store is held here, as far as that is remembered */
  constructor(view: SessionView, host: ReconcilerHost, cursor: Cursor | undefined) {
    this.#view = view;
    this.#host = host;
    this.remote = new RemoteFrontier(view);
    this.#teller = new FrontierTeller(view, this.remote, this.#aliases, (frame) => host.send(frame));
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
    this.#hear(entries);
    this.#receipts.hear(arrivals, entries.length > 0);
    if (held !== undefined) this.#onHeld(held);
    if (last) this.#endPhase();
  }

  /** The remote drives and asks for nodes of this side's tree. */
  onLook({ paths }: Frame<'look'>): void {
    this.#shown += paths.length;
    if (this.#phase !== 'follow') {
      this.#host.close('out_of_turn', 'a look at a tree that is not being compared');
    } else if (this.#shown > SYNC_LIMITS.descentNodesMax) {
      this.#host.close('past_limit', 'more nodes asked for than a frontier tree has');
    } else for (const path of paths) this.#teller.show(path);
  }

  /** This side drives, and a node of the remote's tree has come. */
  onNode({ path, content }: Frame<'node'>): void {
    if (this.#phase !== 'drive' || !this.#descent.arrived(path)) {
      this.#host.close('out_of_turn', 'a node that was not asked for');
      return;
    }
    if (content.type === 'entries') this.#compareEntries(path, content.entries);
    else for (const [i, child] of childPaths(path).entries()) this.#compareChild(child, content.hashes[i]);
    const paths = this.#descent.next();
    if (this.#descent.isPastLimit) this.#host.close('past_limit', 'a frontier tree without an end');
    else if (paths.length > 0) this.#host.send({ type: 'look', paths });
    else if (this.#descent.done) {
      this.#endPhase();
      this.#teller.tell([], { last: true, held: this.#receipts.give() });
    }
  }

  /** Notes a position at which the remote holds a log. */
  learn(entry: FrontierEntry): void {
    if (!this.remote.learn(entry)) {
      this.#closePastLimit();
      return;
    }
    const own = this.#view.frontier.entry(entry.origin);
    if (own !== undefined && isContradiction(entry, own)) {
      const message = `holds another history of log ${entry.origin} at seq ${entry.seq}`;
      this.#host.dispute(entry.origin, { code: 'history_differs', message });
    }
    this.#teller.prove(entry.origin);
  }

  /** Tells positions that have changed. */
  announce(entries: readonly FrontierEntry[]): void {
    this.#teller.queue(entries);
  }

  /** Sends the proof that a log has forked, unless the remote has it. */
  prove(origin: Origin): void {
    this.#teller.prove(origin);
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
        this.#assumeHeld(0, own.arrivals);
        for (const entry of this.#view.frontier.entries()) if (entry.frozen) this.remote.learn(entry);
        this.#receipts.waive(theirs.arrivals);
        this.#receipts.advance();
        this.#endPhase();
        return;
      case 'changes': {
        const since = theirs.cursor?.arrivals ?? 0;
        this.#phase = outcome;
        // Cursors are hearsay: whether they told the truth shows when all is fetched.
        this.#compareDue = drives(own, theirs);
        this.#assumeHeld(0, since);
        this.#receipts.waive(own.cursor?.arrivals ?? 0);
        this.#teller.tell([...this.#view.frontier.changed(since)], { last: true });
        return;
      }
      case 'drive':
        this.#phase = outcome;
        this.#descent = new Descent();
        return;
      case 'follow':
        this.#phase = outcome;
        this.#shown = 1;
        this.#teller.show('');
        return;
    }
  }

  #endPhase(): void {
    this.#phase = 'idle';
    this.#known = true;
  }

  /**
   * The remote holds what this side published after an arrival and up to another, some logs excepted. That a log
   * is frozen is no arrival: whether the remote knows shows when the frontiers are compared.
   */
  #assumeHeld(after: number, upTo: number, except: ReadonlySet<Origin> = new Set()): void {
    for (const entry of this.#view.frontier.changed(after, upTo)) {
      if (!entry.frozen && !except.has(entry.origin)) this.remote.learn(entry);
    }
    if (except.size === 0) this.#remoteHolds = Math.max(this.#remoteHolds, upTo);
  }

  #onHeld({ arrivals, missing }: NonNullable<Frame<'frontier'>['held']>): void {
    const except = new Set<Origin>();
    for (const name of missing) {
      const origin = this.#aliases.resolve(name);
      if (origin !== undefined) except.add(origin);
    }
    this.#assumeHeld(this.#remoteHolds, arrivals, except);
  }

  /** Takes in entries that the remote tells; returns those that it spelled rightly. */
  #hear(entries: readonly ToldEntry[]): readonly FrontierEntry[] {
    const heard: FrontierEntry[] = [];
    for (const { log, ...position } of entries) {
      const origin = this.#aliases.hear(log);
      if (origin === undefined) {
        if (log.type === 'origin') this.#closePastLimit();
        else this.#host.close('bad_frame', 'an alias that stands for no log');
        break;
      }
      const entry = { origin, ...position };
      this.learn(entry);
      heard.push(entry);
    }
    return heard;
  }

  #closePastLimit(): void {
    this.#host.close('past_limit', `a frontier of more than ${SYNC_LIMITS.frontierLogsMax} logs`);
  }

  /** The remote has shown all that it holds below a path. */
  #compareEntries(path: string, told: readonly ToldEntry[]): void {
    const remote = new Map(this.#hear(told).map((entry) => [entry.origin, entry]));
    const { frontier } = this.#view;
    if (frontier.count(path) > SYNC_LIMITS.treeLeafEntries) {
      // Told a part at a time: the remote sees each before it gets the next.
      for (const child of childPaths(path)) if (frontier.count(child) > 0) this.#descent.add(child);
      return;
    }
    const differing = [...frontier.entries(path)].filter((entry) => {
      const other = remote.get(entry.origin);
      return other === undefined || !isSameEntry(entry, other);
    });
    if (differing.length > 0) this.#teller.tell(differing);
  }

  /** The remote has shown the hash of a child. */
  #compareChild(path: string, hash: Uint8Array | undefined): void {
    const { frontier } = this.#view;
    const isEqual = hash !== undefined && equalBytes(hash, shownHash(frontier.hash(path)));
    if (!isEqual) this.#descent.add(path);
    else for (const entry of frontier.entries(path)) this.remote.learn(entry);
  }
}
