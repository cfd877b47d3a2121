import type { DrawStream } from '../draws/index.ts';
import type { Link } from './link.ts';

/** What a device makes of a gossip message: whether it passes it on. */
export type Judge = (device: number, from: number, message: Uint8Array) => boolean;

/** Neighbours to which a device passes a message on: the mesh degree of gossipsub. */
const DEGREE = 6;

/** Messages that a device remembers to have seen. */
const SEEN_MAX = 4_096;

/**
 * A model of gossipsub, and a simple one: each device passes what is new to it and what it accepts on to a few of its
 * neighbours, always the same ones as long as they are there. There is no history to ask for.
 */
export class GossipOverlay {
  readonly #linksOf: readonly (readonly Link[])[];
  readonly #judge: Judge;
  readonly #seen: readonly Set<string>[];

  /**
   * @param linksOf the links of each device
   * @param topology decides which neighbours are taken first
   */
  constructor(linksOf: readonly (readonly Link[])[], topology: DrawStream, judge: Judge) {
    this.#linksOf = linksOf.map((links) => topology.shuffled(links));
    this.#judge = judge;
    this.#seen = linksOf.map(() => new Set());
  }

  /** A device tells its neighbours. */
  publish(device: number, message: Uint8Array): void {
    const text = Buffer.from(message).toString('latin1');
    this.#note(device, text);
    this.#passOn(device, message, text);
  }

  /** A device that starts anew remembers nothing. */
  forget(device: number): void {
    this.#seen[device]?.clear();
  }

  #passOn(device: number, message: Uint8Array, text: string, from?: number): void {
    const open = (this.#linksOf[device] ?? []).filter((link) => link.isConnected(device));
    for (const link of open.slice(0, DEGREE)) {
      const peer = link.peerOf(device);
      if (peer !== from) link.sendLoosely(device, () => this.#hear(peer, device, message, text));
    }
  }

  #hear(device: number, from: number, message: Uint8Array, text: string): void {
    if (this.#seen[device]?.has(text)) return;
    this.#note(device, text);
    if (this.#judge(device, from, message)) this.#passOn(device, message, text, from);
  }

  #note(device: number, text: string): void {
    const seen = this.#seen[device];
    if (seen === undefined) return;
    seen.add(text);
    const [oldest] = seen;
    if (seen.size > SEEN_MAX && oldest !== undefined) seen.delete(oldest);
  }
}
