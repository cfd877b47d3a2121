import { type Agenda, channelThread } from '../agenda/index.ts';
import type { DrawStream, Draws } from '../draws/index.ts';
import type { Goal, PlannedLink, Scramble } from '../plan/index.ts';
import { Channel, type Hold } from './channel.ts';
import { Datagrams } from './datagrams.ts';
import { type Passage, Passages } from './passages.ts';

/** What a link tells of its session. */
export interface LinkHost {
  /** May the two be connected now, as far as they are concerned? */
  mayConnect(a: number, b: number): boolean;
  connected(device: number, peer: number): void;
  disconnected(device: number, peer: number): void;
  /** Something has become of a frame that becomes of none in a stream. */
  showed?(goal: Goal): void;
}

/** How long it takes until somebody notices that nothing comes through any more. */
const NOTICE_US = 10_000_000;

/** How long a device that is no member any more stays connected. */
const FAREWELL_US = 2_000_000;

/** Between the end of a session and the next attempt. */
const RETRY_MIN_US = 500_000;
const RETRY_MORE_US = 500_000;

/** Two devices that keep up one session whenever they reach each other. */
export class Link {
  readonly a: number;
  readonly b: number;
  readonly #agenda: Agenda;
  readonly #host: LinkHost;
  readonly #there: Channel;
  readonly #back: Channel;
  readonly #retry: DrawStream;
  /** The ends that have been told that they are connected, and not yet that they are not. */
  readonly #connected = new Set<number>();
  readonly #passages: readonly [there: Passages, back: Passages];
  #isOpen = false;
  #isTrying = false;
  /** Counts sessions and blocks: what was planned for an older one does not matter. */
  #session = 0;
  #block = 0;

  /** @param number of the link, by which its draws are its own */
  constructor(agenda: Agenda, draws: Draws, number: number, planned: PlannedLink, host: LinkHost) {
    this.a = planned.a;
    this.b = planned.b;
    this.#agenda = agenda;
    this.#host = host;
    const channel = (side: number): Channel => {
      const own = 2 * number + side;
      const chance = { latency: draws.stream('latency', own), loss: draws.stream('loss', own) };
      const showed = (goal: Goal): void => host.showed?.(goal);
      const datagrams = new Datagrams(planned, draws.stream('duplication', own), showed);
      return new Channel(agenda, planned, chance, channelThread(own), datagrams);
    };
    this.#there = channel(0);
    this.#back = channel(1);
    this.#retry = draws.stream('churn', number);
    const { a, b, minUs } = planned;
    this.#passages = [
      new Passages(agenda, { from: a, to: b, minUs }),
      new Passages(agenda, { from: b, to: a, minUs }),
    ];
  }

  /** When frames could go, in both directions, up to now. */
  passages(): readonly Passage[] {
    return this.#passages.flatMap((direction) => direction.all());
  }

  /** Whether there is a session, or one of the two has not noticed yet that there is none. */
  get isTaken(): boolean {
    return this.#isOpen || this.#connected.size > 0;
  }

  /** Whether a device can send on a session. */
  isConnected(device: number): boolean {
    return this.#connected.has(device);
  }

  /** Whether both know of their session, and nothing is under way on it. */
  get isIdle(): boolean {
    const { a, b } = this;
    return this.isConnected(a) && this.isConnected(b) && this.#there.isIdle && this.#back.isIdle;
  }

  peerOf(device: number): number {
    return device === this.a ? this.b : this.a;
  }

  /** Sends on the session, if the device has one; `deliver` is called when it arrives, if it does. */
  send(from: number, bytes: number, deliver: () => void): void {
    if (this.#isOpen && this.#connected.has(from)) this.#from(from).send(bytes, deliver);
  }

  /** Sends beside the session; it is lost if it cannot pass at once. */
  sendLoosely(from: number, deliver: () => void): void {
    const channel = this.#from(from);
    const session = this.#session;
    if (!this.#isOpen || !this.#connected.has(from) || channel.isHeld) return;
    channel.sendLoosely(() => {
      if (session === this.#session && this.#connected.has(this.peerOf(from))) deliver();
    });
  }

  /** To be called whenever the two may have become able to connect. */
  tryLater(): void {
    if (this.#isOpen || this.#isTrying) return;
    this.#isTrying = true;
    this.#agenda.after(RETRY_MIN_US + this.#retry.below(RETRY_MORE_US), () => this.#try());
  }

  /** To be called when it has changed who may connect. Who may not any more has a moment to learn why. */
  review(): void {
    const session = this.#session;
    this.tryLater();
    if (!this.#isOpen || this.#host.mayConnect(this.a, this.b)) return;
    this.#agenda.after(FAREWELL_US, () => {
      if (session === this.#session && !this.#host.mayConnect(this.a, this.b)) this.break();
    });
  }

  /** Lets frames of one direction wait. A block that lasts is noticed, and ends the session. */
  hold(from: number, how: Hold): void {
    const wasBlocked = this.#isBlocked;
    this.#from(from).hold(how);
    this.#notePassages();
    if (wasBlocked || !this.#isBlocked) return;
    this.#block += 1;
    const [block, session] = [this.#block, this.#session];
    this.#agenda.after(NOTICE_US, () => {
      if (block === this.#block && session === this.#session) this.break();
    });
  }

  release(from: number, how: Hold): void {
    this.#from(from).release(how);
    this.#notePassages();
    if (!this.#isBlocked) this.#block += 1;
    this.tryLater();
  }

  /** Lets frames of one direction come as datagrams; when they come as a stream again, it is another stream. */
  scramble(from: number, scramble: Scramble | undefined): void {
    this.#from(from).scramble(scramble);
    if (scramble === undefined) this.break();
  }

  /** Ends the session: both are told, and what is under way is lost. */
  break(): void {
    if (!this.#isOpen) return;
    this.#end();
    for (const device of [this.a, this.b]) this.#tellEnd(device);
    this.tryLater();
  }

  /** One of the two is gone without a word; the other one notices after a while, or when it comes back. */
  lose(device: number): void {
    this.#connected.delete(device);
    if (!this.#isOpen) return;
    this.#end();
    const session = this.#session;
    this.#agenda.after(NOTICE_US, () => {
      if (session === this.#session) this.#tellEnd(this.peerOf(device));
    });
  }

  get #isBlocked(): boolean {
    return this.#there.isBlocked || this.#back.isBlocked;
  }

  #from(device: number): Channel {
    return device === this.a ? this.#there : this.#back;
  }

  #try(): void {
    this.#isTrying = false;
    if (this.#isOpen || this.#isBlocked || !this.#host.mayConnect(this.a, this.b)) return;
    // Whoever has not noticed the end of the last session hears of it now.
    for (const device of [this.a, this.b]) this.#tellEnd(device);
    this.#session += 1;
    this.#isOpen = true;
    for (const device of [this.a, this.b]) {
      // The first thing that comes: nothing the peer says can overtake it.
      this.#from(this.peerOf(device)).begin(() => {
        this.#connected.add(device);
        this.#notePassages();
        this.#host.connected(device, this.peerOf(device));
      });
    }
  }

  #end(): void {
    for (const direction of this.#passages) direction.end();
    this.#isOpen = false;
    this.#session += 1;
    this.#there.reset();
    this.#back.reset();
  }

  /** Frames can set out where both know of the session, and nothing holds them. */
  #notePassages(): void {
    const isShared = this.#isOpen && this.#connected.size === 2;
    const [there, back] = this.#passages;
    there.open(isShared && !this.#there.isHeld);
    back.open(isShared && !this.#back.isHeld);
  }

  #tellEnd(device: number): void {
    if (this.#connected.delete(device)) this.#host.disconnected(device, this.peerOf(device));
  }
}
