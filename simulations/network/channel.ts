import type { Agenda, Thread } from '../agenda/index.ts';
import type { DrawStream } from '../draws/index.ts';
import type { PlannedLink, Scramble } from '../plan/index.ts';
import type { Datagrams } from './datagrams.ts';

/** What waits at least before a lost frame is sent again: the shortest time-out of TCP on Linux. */
const RESEND_US = 200_000;

/** One frame under way, or waiting for its turn. */
interface Parcel {
  readonly bytes: number;
  /** It begins the session. */
  readonly isFirst?: boolean;
  deliver(): void;
}

/** How a channel is held up: frames wait, in order, as in the buffer of a stream whose packets are lost. */
export type Hold = 'block' | 'clog';

/** One direction of a link: an ordered stream with a delay, a rate, and losses that delay all that follows. */
export class Channel {
  readonly #agenda: Agenda;
  readonly #link: PlannedLink;
  readonly #latency: DrawStream;
  readonly #loss: DrawStream;
  readonly #thread: Thread;
  readonly #datagrams: Datagrams;
  readonly #holds: Record<Hold, number> = { block: 0, clog: 0 };
  #waiting: Parcel[] = [];
  /** When the last frame so far has left, and when it arrives. */
  #sentUs = 0;
  #arrivesUs = 0;
  /** When the other end learns of the session. */
  #beginsUs = 0;
  /** While frames come as datagrams: what becomes of them. */
  #scramble: Scramble | undefined;
  #underWay = 0;
  /** Counts the streams: what belongs to an older one is lost. */
  #stream = 0;

  constructor(
    agenda: Agenda,
    link: PlannedLink,
    draws: { readonly latency: DrawStream; readonly loss: DrawStream },
    thread: Thread,
    datagrams: Datagrams,
  ) {
    this.#agenda = agenda;
    this.#link = link;
    this.#latency = draws.latency;
    this.#loss = draws.loss;
    this.#thread = thread;
    this.#datagrams = datagrams;
  }

  get isBlocked(): boolean {
    return this.#holds.block > 0;
  }

  get isHeld(): boolean {
    return this.#holds.block + this.#holds.clog > 0;
  }

  /** Whether nothing is under way on it, or waits, or was lost. */
  get isIdle(): boolean {
    // Who has lost word of something says in good faith that all is equal.
    return this.#scramble === undefined && this.#underWay === 0 && this.#waiting.length === 0;
  }

  /** Sends so many bytes after all that were sent before; `deliver` is called when they arrive, if they do. */
  send(bytes: number, deliver: () => void): void {
    this.#take({ bytes, deliver });
  }

  /** Tells the other end of a new session, before anything else comes there. */
  begin(deliver: () => void): void {
    this.#take({ bytes: 0, deliver, isFirst: true });
  }

  scramble(scramble: Scramble | undefined): void {
    this.#scramble = scramble;
  }

  /** Sends something beside the stream, with a delay of its own. */
  sendLoosely(deliver: () => void): void {
    this.#agenda.after(this.#delayUs(), deliver, this.#thread);
  }

  hold(how: Hold): void {
    this.#holds[how] += 1;
  }

  /** Ends one hold; what has waited goes on its way once there is none. */
  release(how: Hold): void {
    this.#holds[how] = Math.max(0, this.#holds[how] - 1);
    if (this.isHeld) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const parcel of waiting) this.#dispatch(parcel);
  }

  /** Begins a new stream: whatever is under way on the old one is lost. */
  reset(): void {
    this.#stream += 1;
    this.#waiting = [];
    this.#sentUs = 0;
    this.#arrivesUs = 0;
    this.#beginsUs = 0;
    this.#datagrams.reset();
    this.#underWay = 0;
  }

  #take(parcel: Parcel): void {
    if (this.isHeld) this.#waiting.push(parcel);
    else this.#dispatch(parcel);
  }

  #dispatch({ bytes, deliver, isFirst = false }: Parcel): void {
    const { bytesPerSecond } = this.#link;
    this.#sentUs =
      Math.max(this.#sentUs, this.#agenda.nowUs) + Math.ceil((bytes * 1_000_000) / bytesPerSecond);
    if (this.#scramble !== undefined && !isFirst) {
      const least = Math.max(this.#sentUs, this.#beginsUs + 1);
      for (const atUs of this.#datagrams.arrivals(this.#scramble, least)) this.#arrive(atUs, deliver);
      return;
    }
    this.#arrivesUs = this.#inTurnUs();
    if (isFirst) this.#beginsUs = this.#arrivesUs;
    this.#arrive(this.#arrivesUs, deliver);
  }

  /** When the next frame of a stream arrives. */
  #inTurnUs(): number {
    const { lossPpm, minUs } = this.#link;
    let delayUs = this.#delayUs();
    while (this.#loss.chance(lossPpm)) delayUs += RESEND_US + 2 * minUs;
    // Strictly later than the frame before: what happens at the same time happens in any order.
    return Math.max(this.#arrivesUs + 1, this.#sentUs + delayUs);
  }

  #arrive(atUs: number, deliver: () => void): void {
    const stream = this.#stream;
    this.#underWay += 1;
    const arrive = (): void => {
      if (stream !== this.#stream) return;
      this.#underWay -= 1;
      deliver();
    };
    this.#agenda.at(atUs, arrive, this.#thread);
  }

  #delayUs(): number {
    return this.#link.minUs + this.#latency.exponential(this.#link.meanExtraUs);
  }
}
