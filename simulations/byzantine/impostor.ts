import {
  decodeFrame,
  decodeGossip,
  encodeFrame,
  encodeGossip,
  type SyncFrame,
} from '../../protocol/sync/index.ts';
import type { DeviceNetwork } from '../device/index.ts';
import type { Draws } from '../draws/index.ts';
import type { Deceit, Goal } from '../plan/index.ts';
import { falseEntry, someHeads, withEntries } from './false-words.ts';
import { mutated, oversize, truncated } from './frame-bytes.ts';
import { Luck } from './luck.ts';
import { spoiltManifest } from './spoilt-manifest.ts';
import { WantFlood } from './want-flood.ts';

/** Old heads, and frames to each peer, that are remembered. */
const HEADS_MAX = 64;
const FRAMES_MAX = 64;

/** Who stands between a device and the network. */
export interface ImpostorHost {
  /** Sends without anybody's hands in between. */
  readonly network: Pick<DeviceNetwork, 'send' | 'publish'>;
  showed(goal: Goal): void;
}

/**
 * A device that is whole but for what it says: each frame that it sends or gets goes through these hands. It is up to
 * date with whatever the protocol says, apart from its lies.
 */
export class Impostor {
  readonly #number: number;
  readonly #luck: Luck;
  readonly #host: ImpostorHost;
  readonly #flood: WantFlood;
  /** What each peer has said last that all it holds sums up to. */
  readonly #digests = new Map<number, Uint8Array>();
  readonly #heads: Uint8Array[] = [];
  readonly #frames = new Map<number, Uint8Array[]>();

  constructor(number: number, draws: Draws, host: ImpostorHost) {
    this.#number = number;
    this.#luck = new Luck(draws, number);
    this.#host = host;
    this.#flood = new WantFlood((peer, frame) => this.#say(peer, frame));
  }

  begin(deceit: Deceit, ppm: number): void {
    this.#luck.begin(deceit, ppm);
  }

  end(deceit: Deceit): void {
    this.#luck.end(deceit);
  }

  /** Something is sent. */
  send(peer: number, bytes: Uint8Array): void {
    const frame = decodeFrame(bytes);
    if (!frame.ok) throw new TypeError('a device sends a frame that it cannot read');
    const said = this.#falsified(peer, frame.value);
    if (said !== undefined)
      this.#host.network.send(this.#number, peer, this.#spoilt(said, bytes, frame.value));
    this.#replay(peer, bytes);
    const stream = this.#luck.of('endless-wants');
    if (stream !== undefined && this.#flood.want(peer, stream)) this.#host.showed('want-repeated');
  }

  /** Something is gossiped. */
  publish(message: Uint8Array): void {
    this.#remember(message);
    const stream = this.#luck.of('bad-signatures');
    const gossip = stream && decodeGossip(message);
    if (stream === undefined || !gossip?.ok || gossip.value.manifests.length === 0) {
      this.#host.network.publish(this.#number, message);
      return;
    }
    this.#host.showed('signature-spoiled');
    const manifests = gossip.value.manifests.map((manifest) => spoiltManifest(manifest, stream));
    this.#host.network.publish(this.#number, encodeGossip({ ...gossip.value, manifests }));
  }

  /** A gossip message has come. */
  heard(message: Uint8Array): void {
    this.#remember(message);
    const stream = this.#luck.of('replayed-gossip');
    if (stream === undefined || this.#heads.length === 0) return;
    this.#host.showed('gossip-replayed');
    const manifests = someHeads(this.#heads, stream);
    this.#host.network.publish(this.#number, encodeGossip({ manifests, evidence: [] }));
  }

  /** A frame has come; whether the device gets it. */
  receive(peer: number, bytes: Uint8Array): boolean {
    const frame = decodeFrame(bytes);
    if (!frame.ok) return true;
    if (frame.value.type === 'hello' || frame.value.type === 'compare') {
      const { frontierDigest } = frame.value;
      if (frontierDigest !== undefined) this.#digests.set(peer, frontierDigest);
    }
    if (this.#flood.takes(peer, frame.value)) return false;
    return frame.value.type !== 'want' || !this.#withholds(peer, frame.value.want);
  }

  /** Whether what is wanted is not given. It is said not to be there, or nothing is said. */
  #withholds(peer: number, want: number): boolean {
    const stream = this.#luck.of('withheld-ranges');
    if (stream === undefined) return false;
    this.#host.showed('range-withheld');
    if (stream.below(2) === 0) this.#say(peer, { type: 'want-end', want });
    return true;
  }

  /** What is said in the place of a frame. */
  #falsified(peer: number, frame: SyncFrame): SyncFrame {
    let said = frame;
    if (frame.type === 'hello' || frame.type === 'compare') {
      const digest = this.#digests.get(peer);
      if (digest !== undefined && this.#luck.of('feigned-sync') !== undefined) {
        this.#host.showed('sync-feigned');
        said = { ...frame, frontierDigest: digest };
      }
    }
    if (said.type === 'hello' && this.#luck.of('newer-version') !== undefined) {
      this.#host.showed('newer-version-spoken');
      said = { ...said, version: said.version + 1 };
    }
    said = withEntries(said, (entry) => {
      const stream = this.#luck.of('false-frontiers');
      if (stream === undefined) return entry;
      this.#host.showed('frontier-falsified');
      return falseEntry(entry, stream);
    });
    if (said.type !== 'range' || said.manifest === undefined) return said;
    const stream = this.#luck.of('bad-signatures');
    if (stream === undefined) return said;
    this.#host.showed('signature-spoiled');
    return { ...said, manifest: spoiltManifest(said.manifest, stream) };
  }

  /** The bytes of what is said, or others. */
  #spoilt(said: SyncFrame, honest: Uint8Array, frame: SyncFrame): Uint8Array {
    let bytes = said === frame ? honest : encodeFrame(said);
    for (const [deceit, goal, spoil] of SPOILS) {
      const stream = this.#luck.of(deceit);
      if (stream === undefined) continue;
      this.#host.showed(goal);
      bytes = spoil(bytes, stream);
    }
    return bytes;
  }

  /** Sends one of the frames that the peer has got before once more, in whatever session. */
  #replay(peer: number, bytes: Uint8Array): void {
    const frames = this.#frames.get(peer) ?? [];
    this.#frames.set(peer, frames);
    const stream = this.#luck.of('replayed-frames');
    const frame = stream?.pick(frames);
    if (frame !== undefined) {
      this.#host.showed('frame-replayed');
      this.#host.network.send(this.#number, peer, frame);
    }
    if (frames.push(bytes) > FRAMES_MAX) frames.shift();
  }

  #remember(message: Uint8Array): void {
    const gossip = decodeGossip(message);
    if (gossip.ok) this.#heads.push(...gossip.value.manifests);
    this.#heads.splice(0, Math.max(0, this.#heads.length - HEADS_MAX));
  }

  #say(peer: number, frame: SyncFrame): void {
    this.#host.network.send(this.#number, peer, encodeFrame(frame));
  }
}

const SPOILS = [
  ['mutated-bytes', 'frame-mutated', mutated],
  ['truncated-frames', 'frame-truncated', truncated],
  ['oversize-frames', 'frame-oversize', oversize],
] as const;
