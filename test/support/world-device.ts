import { base32 } from '../../protocol/bytes/index.ts';
import type { DeviceId, Signer } from '../../protocol/crypto/index.ts';
import {
  type Commit,
  type EffectOf,
  Engine,
  type EngineEffect,
  type RecordStore,
  type RetirementReason,
  readEngineImage,
  STORE_ID_BYTES,
  type StateStore,
  type WholeSegment,
} from '../../protocol/engine/index.ts';
import { makeOrigin, type Origin, type PlacedEvent } from '../../protocol/event/index.ts';
import type { SpaceId } from '../../protocol/manifest/index.ts';
import type { Genesis } from '../../protocol/membership/index.ts';
import { type DiskImage, SimDisk } from '../../simulations/disk/index.ts';
import { fastCrypto } from './fast-crypto.ts';
import { numberedSigner } from './test-signer.ts';

/** A copy of a device's disk, and which log it wrote to then. */
export interface DiskCopy {
  readonly origin: Origin;
  readonly image: DiskImage;
}

/** The record store of a copy. */
export const recordsOf = ({ image }: DiskCopy): RecordStore => {
  const disk = new SimDisk(image.storeId);
  disk.restore(image);
  return disk.records;
};

/** An engine with its stores: what one device is made of, without network and disk. */
export class WorldDevice {
  readonly signer: Signer;
  /** Logs of its own that its engine is told at the next start not to write to. */
  readonly retired = new Map<Origin, RetirementReason>();
  /** The log that it writes to: another one after {@link MeshWorld.goOn}. */
  origin: Origin;
  readonly disk: SimDisk;
  /** Those of the disk, unless a test puts others in their place; they are again after a power cut. */
  records: RecordStore;
  readonly answers: EngineEffect[] = [];
  readonly applied: PlacedEvent[] = [];
  /** What was put in the place of damaged segments, in order. */
  readonly restored: WholeSegment[] = [];
  /** What it thought of each gossip message, in order. */
  readonly verdicts: EffectOf<'gossip-verdict'>[] = [];
  /** Gossip messages that it knows, as text. */
  readonly gossipSeen = new Set<string>();
  /** Every time for which a timer was set, in order. */
  readonly timers: number[] = [];
  /** Every commit that the engine asked for, since it was opened. */
  readonly commits: Commit[] = [];
  timerMs: number | undefined;
  readonly #number: number;
  #incarnations = 0;
  #engine: Engine | undefined;

  constructor(number: number) {
    this.#number = number;
    this.signer = numberedSigner(number);
    this.origin = this.nextOrigin();
    this.disk = new SimDisk(base32.encode(new Uint8Array(STORE_ID_BYTES).fill(number)));
    this.records = this.disk.records;
  }

  /** A disk on which there is nothing, for a device that goes on in another log. */
  emptyDisk(): DiskCopy {
    return { origin: this.nextOrigin(), image: new SimDisk(this.disk.records.storeId).copy() };
  }

  /** A log of its own that it has not used. */
  nextOrigin(): Origin {
    const incarnation = new Uint8Array(5).fill(this.#number);
    incarnation[0] = this.#number + this.#incarnations * 16;
    this.#incarnations += 1;
    return makeOrigin(this.signer.device, base32.encode(incarnation));
  }

  get id(): DeviceId {
    return this.signer.device;
  }

  get state(): StateStore {
    return this.disk.state;
  }

  get engine(): Engine {
    if (this.#engine === undefined) throw new Error('the device is not open');
    return this.#engine;
  }

  /** Writes a commit's records; what is not durable may be lost again. */
  async writeRecords({ logs, evidence, durable }: Commit): Promise<void> {
    await this.records.write(logs, { durable, evidence });
  }

  /** Writes the state of a commit. */
  async writeState({ reset, state }: Commit): Promise<void> {
    if (reset) await this.state.clear();
    await this.state.write(state);
  }

  /** Cuts the power: of what is not synced, each of its two stores keeps only some; most of the state, as a rule. */
  losePower(random: () => number): void {
    const { unsynced, safeRecords } = this.disk;
    const upTo = (end: number): number => Math.floor(random() * (end + 1));
    const keptState = Math.max(upTo(unsynced), upTo(unsynced));
    this.disk.crash(safeRecords + upTo(unsynced - safeRecords), keptState);
    this.records = this.disk.records;
  }

  /** What is on its disk now. */
  copy(): DiskCopy {
    return { origin: this.origin, image: this.disk.copy() };
  }

  /** Puts a copy in the place of what is on its disk. */
  restore({ origin, image }: DiskCopy): void {
    this.origin = origin;
    this.disk.restore(image);
    this.records = this.disk.records;
  }

  /** Opens the engine on what the stores hold, as after a restart. */
  async open(space: SpaceId, genesis: Genesis): Promise<void> {
    this.timerMs = undefined;
    this.commits.length = 0;
    this.#engine = new Engine({
      crypto: fastCrypto,
      signer: this.signer,
      space,
      genesis,
      origin: this.origin,
      retired: this.retired,
      records: this.records,
      state: this.state,
      image: await readEngineImage(this.records, this.state),
    });
  }
}
