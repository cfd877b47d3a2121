import { sha256 } from '@noble/hashes/sha2.js';
import { utf8Encode } from '../../../protocol/bytes/index.ts';
import type { DeviceId } from '../../../protocol/crypto/index.ts';
import { deviceOf, type EventDraft, type Origin } from '../../../protocol/event/index.ts';
import {
  SPACE_TAG_BYTES,
  SYNC_VERSION,
  type SyncFrame,
  type ToldEntry,
} from '../../../protocol/sync/index.ts';
import { update } from '../drafts.ts';
import type { Arena, Condition, Intruder } from './arena.ts';
import { RawPeer, type RawPeerOptions } from './raw-peer.ts';
import type { RawStream } from './raw-stream.ts';
import { type Spoil, SpoiltDevice } from './spoilt-device.ts';

/** Events that a device which lies holds and wants to pass on. */
const LIAR_EVENTS = 5;

type Hello = Extract<SyncFrame, { type: 'hello' }>;

/** A device that lies. */
export interface Liar {
  readonly device: SpoiltDevice;
  /** Makes it honest, in a new session. */
  stopLying(): Promise<void>;
  /** Makes it honest, and waits until the victim has got its events. */
  repent(): Promise<void>;
}

/** One attack: who attacks whom, and what an attacker needs. */
export class Scene {
  readonly arena: Arena;
  readonly intruder: Intruder;
  /** How the victim was before. */
  readonly before: Condition;
  readonly #defer: (end: () => Promise<void>) => void;

  /** @param defer runs something when the attack is over, whatever came of it */
  constructor(
    arena: Arena,
    intruder: Intruder,
    before: Condition,
    defer: (end: () => Promise<void>) => void,
  ) {
    this.arena = arena;
    this.intruder = intruder;
    this.before = before;
    this.#defer = defer;
  }

  /** Log that the victim writes to. */
  get victimLog(): Origin {
    return this.before.origin;
  }

  get victimDevice(): DeviceId {
    return deviceOf(this.victimLog);
  }

  /** A libp2p node with the intruder's key. */
  async peer(options: RawPeerOptions = {}): Promise<RawPeer> {
    const peer = await RawPeer.start(this.intruder.seed, options);
    this.#defer(() => peer.stop());
    return peer;
  }

  /** The sync stream with the victim; nothing has been said. */
  async stream(): Promise<RawStream> {
    return (await this.peer()).sync(this.arena.victim.addresses);
  }

  /** The sync stream with the victim, which has been greeted. */
  async greeted(): Promise<RawStream> {
    const stream = await this.stream();
    stream.send(this.hello());
    return stream;
  }

  /** A hello of a device that holds something else than the victim. */
  hello(over: Partial<Hello> = {}): Hello {
    const { space } = this.intruder;
    return {
      type: 'hello',
      version: SYNC_VERSION,
      spaceTag: sha256(utf8Encode(`smo/sync/1 ${space}`)).subarray(0, SPACE_TAG_BYTES),
      storeId: 'mallory',
      arrivals: 0,
      frontierDigest: new Uint8Array(16),
      ...over,
    };
  }

  /** Starts a device that is whole but for what it sends, with {@link LIAR_EVENTS} events that nobody else holds. */
  liar(spoil: Spoil): Promise<Liar> {
    return this.#liar(spoil, this.#liarDrafts());
  }

  /** The same, but it writes its events when it is connected and holds all that the victim does. */
  async writingLiar(spoil: Spoil): Promise<Liar> {
    const { frontier } = await this.arena.victim.api.status();
    const liar = await this.#liar(spoil, []);
    const { device } = liar;
    await device.receives(this.victimLog, frontier[this.victimLog] ?? 0);
    await device.device.host.append(this.#liarDrafts().map((draft) => ({ draft })));
    return liar;
  }

  #liarDrafts(): readonly EventDraft[] {
    const { name } = this.intruder;
    return Array.from({ length: LIAR_EVENTS }, (_, n) => update(`${name}-${n}`, { n }));
  }

  async #liar(spoil: Spoil, drafts: readonly EventDraft[]): Promise<Liar> {
    const { intruder, arena, before } = this;
    let lying = true;
    const device = await SpoiltDevice.start(intruder.device, {
      dial: arena.victim.addresses,
      drafts,
      spoil: (frame) => (lying ? spoil(frame) : [frame]),
    });
    this.#defer(() => device.stop());
    const stopLying = (): Promise<void> => {
      lying = false;
      return device.reconnect();
    };
    const repent = async (): Promise<void> => {
      await stopLying();
      await arena.holds(before.events + LIAR_EVENTS);
    };
    return { device, stopLying, repent };
  }

  /** Runs the intruder's device as it should be. */
  async honest(): Promise<SpoiltDevice> {
    const device = await SpoiltDevice.start(this.intruder.device, { dial: this.arena.victim.addresses });
    this.#defer(() => device.stop());
    return device;
  }

  /** Does something when the attack is over. */
  defer(end: () => Promise<void>): void {
    this.#defer(end);
  }
}

/** A want for what a log begins with. */
export const want = (origin: Origin, number: number): SyncFrame => ({
  type: 'want',
  want: number,
  log: { type: 'origin', origin },
  segment: 0,
  events: 0,
  until: 0,
});

/** A frontier entry, as far as nothing else is said of so many events of a log that are in one open segment. */
export const told = (origin: Origin, seq: number, over: Partial<ToldEntry> = {}): ToldEntry => ({
  log: { type: 'origin', origin },
  segment: 0,
  events: seq,
  seq,
  sealed: false,
  frozen: false,
  commitment: new Uint8Array(32).fill(seq),
  ...over,
});

/** A frame with such entries. */
export const frontier = (...entries: readonly ToldEntry[]): SyncFrame => ({
  type: 'frontier',
  entries,
  arrivals: 0,
  last: false,
});
