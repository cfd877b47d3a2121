import type { Agenda } from '../agenda/index.ts';
import type { Draws } from '../draws/index.ts';
import type { PlannedLink, Scramble } from '../plan/index.ts';
import type { Hold } from './channel.ts';
import { GossipOverlay } from './gossip.ts';
import { Link, type LinkHost } from './link.ts';
import type { Passage } from './passages.ts';

/** What the network asks of the devices, and tells them. */
export interface NetworkHost extends LinkHost {
  frame(device: number, from: number, frame: Uint8Array): void;
  /** Whether the device passes a gossip message on. */
  gossip(device: number, from: number, message: Uint8Array): boolean;
}

/** All links between the devices of a run. */
export class Network {
  readonly #host: NetworkHost;
  readonly #links: readonly Link[];
  /** For each device its links by the other end. */
  readonly #byPeer: readonly ReadonlyMap<number, Link>[];
  readonly #gossip: GossipOverlay;
  #frames = 0;
  #bytes = 0;

  constructor(
    agenda: Agenda,
    draws: Draws,
    devices: number,
    planned: readonly PlannedLink[],
    host: NetworkHost,
  ) {
    this.#host = host;
    this.#links = planned.map((link, number) => new Link(agenda, draws, number, link, host));
    this.#byPeer = byPeer(devices, this.#links);
    const linksOf = this.#byPeer.map((links) => [...links.values()]);
    const judge = (device: number, from: number, message: Uint8Array): boolean =>
      host.gossip(device, from, message);
    this.#gossip = new GossipOverlay(linksOf, draws.stream('topology', devices), judge);
  }

  /** Frames, and their bytes, that were handed over so far. */
  get frames(): number {
    return this.#frames;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Sends a frame on the session of two devices; without one it is lost. */
  send(from: number, to: number, frame: Uint8Array): void {
    this.#link(from, to)?.send(from, frame.length, () => {
      this.#frames += 1;
      this.#bytes += frame.length;
      this.#host.frame(to, from, frame);
    });
  }

  /** Whether two devices have a session, as far as one of them knows. */
  hasSession(a: number, b: number): boolean {
    return this.#link(a, b)?.isTaken ?? false;
  }

  publish(device: number, message: Uint8Array): void {
    this.#gossip.publish(device, message);
  }

  hold(from: number, to: number, how: Hold): void {
    this.#link(from, to)?.hold(from, how);
  }

  release(from: number, to: number, how: Hold): void {
    this.#link(from, to)?.release(from, how);
  }

  /** Lets frames of one direction come as datagrams, or as a stream again. */
  scramble(from: number, to: number, scramble: Scramble | undefined): void {
    this.#link(from, to)?.scramble(from, scramble);
  }

  /** Breaks the session of two devices, if there is one. */
  break(a: number, b: number): void {
    this.#link(a, b)?.break();
  }

  /** All sessions that there were. */
  passages(): readonly Passage[] {
    return this.#links.flatMap((link) => link.passages());
  }

  /** Pairs of devices that have a session on which nothing is under way. */
  *idle(): Iterable<readonly [a: number, b: number]> {
    for (const link of this.#links) if (link.isIdle) yield [link.a, link.b];
  }

  /** Lets a device, which is up and may have new friends, look for those that it has no session with. */
  seek(device: number): void {
    for (const link of this.#byPeer[device]?.values() ?? []) link.tryLater();
  }

  /** The friends of a device have changed: it looks for new ones, and parts from those that are none any more. */
  review(device: number): void {
    for (const link of this.#byPeer[device]?.values() ?? []) link.review();
  }

  /** A device is gone without a word. */
  lose(device: number): void {
    for (const link of this.#byPeer[device]?.values() ?? []) link.lose(device);
    this.#gossip.forget(device);
  }

  /** A device ends: whoever it has a session with is told. */
  leave(device: number): void {
    for (const link of this.#byPeer[device]?.values() ?? []) link.break();
    this.#gossip.forget(device);
  }

  #link(from: number, to: number): Link | undefined {
    return this.#byPeer[from]?.get(to);
  }
}

const byPeer = (devices: number, links: readonly Link[]): readonly ReadonlyMap<number, Link>[] => {
  const all = Array.from({ length: devices }, () => new Map<number, Link>());
  for (const link of links) {
    all[link.a]?.set(link.b, link);
    all[link.b]?.set(link.a, link);
  }
  return all;
};
