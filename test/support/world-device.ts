import { base32 } from '../../protocol/bytes/index.ts';
import { type Crypto, type DeviceId, publicKeyOf, type Signer } from '../../protocol/crypto/index.ts';
import {
  type Commit,
  Engine,
  type EngineEffect,
  type RetirementReason,
  readEngineImage,
  type StateRow,
  type StateStore,
  type WholeSegment,
} from '../../protocol/engine/index.ts';
import { makeOrigin, type Origin, type PlacedEvent } from '../../protocol/event/index.ts';
import type { SpaceId } from '../../protocol/manifest/index.ts';
import type { Genesis } from '../../protocol/membership/index.ts';
import { portableCrypto } from '../../protocol/portable-crypto/index.ts';
import { type MemoryRecordStore, memoryRecordStore, memoryStateStore } from './memory-stores.ts';
import { referenceVerify } from './reference.ts';
import { numberedSigner } from './test-signer.ts';

/** OpenSSL checks signatures ten times as fast. */
export const worldCrypto: Crypto = {
  ...portableCrypto,
  verify: (device, message, signature) => referenceVerify(publicKeyOf(device), message, signature),
};

type Written = Pick<Commit, 'logs' | 'evidence' | 'durable'>;

/** A copy of a device's disk. */
export interface DiskCopy {
  readonly origin: Origin;
  readonly written: readonly Written[];
  readonly rows: readonly (readonly [key: string, row: StateRow])[];
}

/** An engine with its stores: what one device is made of, without network and disk. */
export class WorldDevice {
  readonly signer: Signer;
  /** Logs of its own that its engine is told at the next start not to write to. */
  readonly retired = new Map<Origin, RetirementReason>();
  /** The log that it writes to: another one after {@link MeshWorld.goOn}. */
  origin: Origin;
  records: MemoryRecordStore;
  state: StateStore = memoryStateStore();
  readonly answers: EngineEffect[] = [];
  readonly applied: PlacedEvent[] = [];
  /** What was put in the place of damaged segments, in order. */
  readonly restored: WholeSegment[] = [];
  /** What it thought of each gossip message, in order. */
  readonly verdicts: Extract<EngineEffect, { type: 'gossip-verdict' }>[] = [];
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
  /** Writes of the record store, of which those after the last durable one are lost in a power cut. */
  #written: Written[] = [];

  constructor(number: number) {
    this.#number = number;
    this.signer = numberedSigner(number);
    this.origin = this.nextOrigin();
    this.records = memoryRecordStore({ storeId: this.storeId });
  }

  /** A log of its own that it has not used. */
  nextOrigin(): Origin {
    const incarnation = new Uint8Array(5).fill(this.#number);
    incarnation[0] = this.#number + this.#incarnations * 16;
    this.#incarnations += 1;
    return makeOrigin(this.signer.device, base32.encode(incarnation));
  }

  /** The id of its record store, which a copy that is restored keeps. */
  get storeId(): string {
    return base32.encode(new Uint8Array(15).fill(this.#number));
  }

  get id(): DeviceId {
    return this.signer.device;
  }

  get engine(): Engine {
    if (this.#engine === undefined) throw new Error('the device is not open');
    return this.#engine;
  }

  /** Writes a commit's records; what is not durable may be lost again. */
  async writeRecords({ logs, evidence, durable }: Commit): Promise<void> {
    await this.records.write(logs, { durable, evidence });
    this.#written.push({ logs, evidence, durable });
  }

  /** Writes the state of a commit. */
  async writeState({ reset, state }: Commit): Promise<void> {
    if (reset) await this.state.clear();
    await this.state.write(state);
  }

  /** Cuts the power: of the writes after the last durable one the disk keeps only some. */
  async losePower(random: () => number): Promise<void> {
    const safe = this.#written.findLastIndex(({ durable }) => durable) + 1;
    const kept = safe + Math.floor(random() * (this.#written.length - safe + 1));
    this.#written = this.#written.slice(0, kept);
    await this.#replay();
  }

  async #replay(): Promise<void> {
    this.records = memoryRecordStore({ storeId: this.storeId });
    for (const { logs, ...options } of this.#written) await this.records.write(logs, options);
  }

  /** What its store holds now, for {@link restoreBackup}. */
  get backup(): number {
    return this.#written.length;
  }

  /** Puts an older copy in the place of its stores, of which it knows nothing. */
  async restoreBackup(backup: number): Promise<void> {
    this.#written = this.#written.slice(0, backup);
    await this.#replay();
    await this.state.clear();
  }

  /** What is on its disk now. */
  async copy(): Promise<DiskCopy> {
    const rows = await Array.fromAsync(this.state.scan(''));
    return { origin: this.origin, written: [...this.#written], rows };
  }

  /** Puts a copy in the place of what is on its disk. */
  async restore({ origin, written, rows }: DiskCopy): Promise<void> {
    this.origin = origin;
    this.#written = [...written];
    this.state = memoryStateStore();
    await this.state.write(rows.map(([key, row]) => ({ key, row })));
    await this.#replay();
  }

  /** Opens the engine on what the stores hold, as after a restart. */
  async open(space: SpaceId, genesis: Genesis): Promise<void> {
    this.timerMs = undefined;
    this.commits.length = 0;
    this.#engine = new Engine({
      crypto: worldCrypto,
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
