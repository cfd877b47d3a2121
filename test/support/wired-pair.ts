import { type DeviceId, HASH_BYTES, type Signer } from '../../protocol/crypto/index.ts';
import {
  type AppendEntry,
  Engine,
  type EngineEffect,
  type EngineInput,
  readEngineImage,
  storedAnswers,
} from '../../protocol/engine/index.ts';
import type { Origin } from '../../protocol/event/index.ts';
import type { SpaceId } from '../../protocol/manifest/index.ts';
import type { Genesis } from '../../protocol/membership/index.ts';
import { decodeFrame, rangeIn, type SyncFrame } from '../../protocol/sync/index.ts';
import type { SimDisk } from '../../simulations/disk/index.ts';
import { encodeFrame } from '../../transports/frame.ts';

/** What one device is made of. */
export interface WiredDeviceOptions {
  readonly crypto: ConstructorParameters<typeof Engine>[0]['crypto'];
  readonly signer: Signer;
  readonly origin: Origin;
  readonly space: SpaceId;
  readonly genesis: Genesis;
  readonly disk: SimDisk;
}

/** An engine with its stores, whose host does everything at once and in order. */
export class WiredDevice {
  readonly options: WiredDeviceOptions;
  /** Frames that wait to be delivered. */
  readonly sent: Uint8Array[] = [];
  readonly effects: EngineEffect[] = [];
  #engine: Engine | undefined;
  #tasks: (() => Promise<void>)[] = [];
  nowMs = 1_800_000_000_000;

  constructor(options: WiredDeviceOptions) {
    this.options = options;
  }

  get id(): DeviceId {
    return this.options.signer.device;
  }

  get engine(): Engine {
    if (this.#engine === undefined) throw new Error('the device is not open');
    return this.#engine;
  }

  /** Opens the engine on what the stores hold. */
  async open(): Promise<void> {
    const { records, state } = this.options.disk;
    const image = await readEngineImage(records, state);
    this.#tasks = [];
    this.#engine = new Engine({ ...this.options, records, state, image });
  }

  /** Appends entries and waits for their commit. */
  async append(entries: readonly AppendEntry[]): Promise<void> {
    this.step({ type: 'append', nowMs: this.nowMs, request: 1, entries });
    await this.settle();
  }

  step(input: EngineInput): void {
    for (const effect of this.engine.step(input)) this.#perform(effect);
  }

  /** Does what the engine has asked for, until it asks for nothing more. */
  async settle(): Promise<void> {
    for (let task = this.#tasks.shift(); task !== undefined; task = this.#tasks.shift()) await task();
  }

  #perform(effect: EngineEffect): void {
    const { records, state } = this.options.disk;
    const { nowMs } = this;
    switch (effect.type) {
      case 'send':
        this.sent.push(effect.frame);
        return;
      case 'commit':
        this.#tasks.push(async () => {
          const { id, logs, durable } = effect.commit;
          if (logs.length > 0) await records.write(logs, { durable });
          await state.write(effect.commit.state);
          this.step({ type: 'committed', nowMs, commit: id });
        });
        return;
      case 'read-range':
        this.#tasks.push(async () => {
          const { peer, origin, segment, events } = effect;
          const range = await records.range(origin, segment, events);
          this.step({ type: 'range-read', nowMs, peer, range });
        });
        return;
      case 'read-answer':
        this.#tasks.push(async () => {
          const { peer, question } = effect;
          const answer = storedAnswers(this.options.crypto, records)(question);
          this.step({ type: 'answer-read', nowMs, peer, answer });
        });
        return;
      case 'restore':
        this.#tasks.push(async () => {
          const { origin, manifest } = effect.segment;
          await records.restore(effect.segment);
          this.step({ type: 'repaired', nowMs, origin, segment: manifest.segment, restored: true });
        });
        return;
      case 'read-records':
        this.#tasks.push(async () => {
          const { origin, firstSeq, count } = effect;
          const found = await records.records(origin, firstSeq, count);
          this.step({ type: 'records-read', nowMs, origin, firstSeq, records: found });
        });
        return;
      case 'set-timer':
        // Time does not pass here: what is to be done later stays undone.
        if (effect.atMs <= nowMs) this.#tasks.push(async () => this.step({ type: 'tick', nowMs }));
        this.effects.push(effect);
        return;
      default:
        this.effects.push(effect);
    }
  }
}

/** What went over the wire in one direction, in bytes with the length prefixes of frames. */
export interface Traffic {
  frames: number;
  /** Records. */
  records: number;
  /** The length that stands before each record. */
  lengths: number;
  /** Signed manifests. */
  manifests: number;
  /** Hashes in answers to questions about a log. */
  hashes: number;
  /** Everything else. */
  overhead: number;
}

/** Bytes of records and of the signed manifests that cover them: what there is to be exchanged. */
export const payloadOf = ({ records, manifests }: Traffic): number => records + manifests;

/** All bytes. */
export const bytesOf = ({ records, lengths, manifests, hashes, overhead }: Traffic): number =>
  records + lengths + manifests + hashes + overhead;

/** What a meeting of two devices took. */
export interface Meeting {
  /** From the first device to the second, and back. */
  readonly there: Traffic;
  readonly back: Traffic;
  /** Times that a frame and what it led to went there and back; frames that cross travel at the same time. */
  readonly roundTrips: number;
  /** Those of them that were over when the last question for something that is lacking was sent; all without one. */
  readonly tripsToKnow: number;
}

/** Connects two devices and delivers frames until there are none. */
export const meet = async (a: WiredDevice, b: WiredDevice): Promise<Meeting> => {
  a.step({ type: 'connected', nowMs: a.nowMs, peer: b.id });
  b.step({ type: 'connected', nowMs: b.nowMs, peer: a.id });
  return exchange(a, b);
};

/** Has two connected devices wait, and deliver what they say then. */
export const meetOn = async (
  a: WiredDevice,
  b: WiredDevice,
  waitMs: number,
  before: Meeting,
): Promise<Meeting> => {
  for (const device of [a, b]) {
    device.nowMs += waitMs;
    device.step({ type: 'tick', nowMs: device.nowMs });
    await device.settle();
  }
  const more = await exchange(a, b);
  return {
    there: sumOf(before.there, more.there),
    back: sumOf(before.back, more.back),
    roundTrips: before.roundTrips + more.roundTrips,
    tripsToKnow: before.roundTrips + more.tripsToKnow,
  };
};

/** Delivers frames between two connected devices until there are none. */
const exchange = async (a: WiredDevice, b: WiredDevice): Promise<Meeting> => {
  const [there, back] = [noTraffic(), noTraffic()];
  let trips = 0;
  let asked: number | undefined;
  while (a.sent.length + b.sent.length > 0) {
    trips += 1;
    const batches = [
      { from: a, to: b, frames: a.sent.splice(0), traffic: there },
      { from: b, to: a, frames: b.sent.splice(0), traffic: back },
    ];
    for (const { from, to, frames, traffic } of batches) {
      for (const frame of frames) {
        if (QUESTIONS.has(count(traffic, frame).type)) asked = trips;
        to.step({ type: 'frame', nowMs: to.nowMs, peer: from.id, frame });
        await to.settle();
      }
    }
  }
  const roundTrips = Math.ceil(trips / 2);
  return {
    there,
    back,
    roundTrips,
    tripsToKnow: asked === undefined ? roundTrips : Math.ceil((asked - 1) / 2),
  };
};

/** Cuts the connection; what is under way is lost. */
export const part = async (a: WiredDevice, b: WiredDevice): Promise<void> => {
  a.sent.length = 0;
  b.sent.length = 0;
  a.step({ type: 'disconnected', nowMs: a.nowMs, peer: b.id });
  b.step({ type: 'disconnected', nowMs: b.nowMs, peer: a.id });
  await a.settle();
  await b.settle();
};

/** Frames that ask for something that is lacking. */
const QUESTIONS: ReadonlySet<SyncFrame['type']> = new Set(['want', 'ask']);

const noTraffic = (): Traffic => ({
  frames: 0,
  records: 0,
  lengths: 0,
  manifests: 0,
  hashes: 0,
  overhead: 0,
});

/** Adds a frame to the traffic, and gives what it says. */
const count = (traffic: Traffic, bytes: Uint8Array): SyncFrame => {
  const frame = decodeFrame(bytes);
  if (!frame.ok) throw new Error(frame.fault.message);
  const { records, manifest, hashes } = partsOf(frame.value);
  const content = sum(records.map(({ length }) => length));
  const lengths = sum(records.map(({ length }) => (length < 128 ? 1 : length < 16_384 ? 2 : 3)));
  traffic.frames += 1;
  traffic.records += content;
  traffic.lengths += lengths;
  traffic.manifests += manifest;
  traffic.hashes += hashes;
  traffic.overhead += encodeFrame(bytes).length - content - lengths - manifest - hashes;
  return frame.value;
};

const sumOf = (a: Traffic, b: Traffic): Traffic => ({
  frames: a.frames + b.frames,
  records: a.records + b.records,
  lengths: a.lengths + b.lengths,
  manifests: a.manifests + b.manifests,
  hashes: a.hashes + b.hashes,
  overhead: a.overhead + b.overhead,
});

/** The records in a frame, and the bytes of its manifest and of its hashes of the tree of a segment. */
const partsOf = (frame: SyncFrame) => {
  if (frame.type !== 'answer') {
    const range = rangeIn(frame);
    return { records: range?.records ?? [], manifest: range?.manifest?.length ?? 0, hashes: 0 };
  }
  const { answer } = frame;
  return {
    records: answer.type === 'records' ? answer.records : [],
    manifest: answer.type === 'manifest' ? (answer.manifest?.length ?? 0) : 0,
    hashes: answer.type === 'nodes' ? answer.hashes.length * HASH_BYTES : 0,
  };
};

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
