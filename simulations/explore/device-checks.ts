import type { Engine, EngineEffect, EngineImage } from '../../protocol/engine/index.ts';
import {
  deviceOf,
  eventIdFromLeaf,
  leafHash,
  type Origin,
  type PlacedEvent,
  type Seq,
} from '../../protocol/event/index.ts';
import { placeRecord } from '../../protocol/log/index.ts';
import type { SimDisk } from '../disk/index.ts';
import { type Breach, countsText } from './ledger.ts';
import type { DeviceSetting, Setting } from './setting.ts';

/** Holds one device to what can be said of it alone: all but what must be equal in the end. */
export class DeviceChecks {
  readonly #setting: Setting;
  readonly #device: DeviceSetting;
  readonly #disk: SimDisk;
  /** What it has told of each log since it was started. */
  readonly #frontier = new Map<Origin, Seq>();
  readonly #applied = new Map<Origin, Seq>();
  readonly #events = new Map<string, PlacedEvent>();
  #acked = 0;
  #breaches: Breach[] = [];

  constructor(setting: Setting, device: DeviceSetting, disk: SimDisk) {
    this.#setting = setting;
    this.#device = device;
    this.#disk = disk;
  }

  /** How much of its own log it has acknowledged. */
  get acked(): Seq {
    return this.#acked;
  }

  takeBreaches(): readonly Breach[] {
    const breaches = this.#breaches;
    this.#breaches = [];
    return breaches;
  }

  threw(error: unknown): void {
    this.#note('error', `throws ${error instanceof Error ? error.message : String(error)}`);
  }

  /** It begins on what its disk holds: what was acknowledged is there (S4). */
  opened({ state, tails }: EngineImage): void {
    this.#frontier.clear();
    this.#applied.clear();
    this.#events.clear();
    for (const { manifest } of tails) this.#readLog(manifest.origin, manifest.firstSeq + manifest.events - 1);
    for (const [origin, seq] of state?.applied ?? []) this.#applied.set(origin, seq);
    const { main } = this.#device;
    if (this.#acked > 0 && this.#disk.records.record(main, this.#acked) === undefined) {
      this.#note('S4', `has acknowledged event ${this.#acked} of its log, and does not hold it`);
    }
  }

  effect(effect: EngineEffect): void {
    switch (effect.type) {
      case 'commit':
        for (const { origin, firstSeq, records } of effect.commit.logs) {
          for (const [i, record] of records.entries()) this.#committing(origin, firstSeq + i, record);
        }
        break;
      case 'appended':
        for (const { origin, seq } of effect.events) {
          if (this.#disk.records.record(origin, seq) === undefined)
            this.#note('S4', `acknowledges event ${seq} of its log before it is on the disk`);
          this.#acked = Math.max(this.#acked, seq);
        }
        break;
      case 'applied':
        this.#apply(effect.event);
        break;
      case 'equivocation':
        this.#note('S10', `says that ${effect.origin} is forked, whose device has signed one history`);
        break;
      case 'log-retired':
        this.#note('S6', `gives up its log (${effect.reason})`);
        break;
    }
  }

  /** It has done what it was to do: looks at what it tells, and at its state (S1, S2, S6, S8). */
  stepped(engine: Engine): void {
    for (const { origin, seq } of engine.frontier()) {
      const before = this.#frontier.get(origin) ?? 0;
      if (seq < before) this.#note('S6', `tells of ${seq} events of ${origin}, and has told of ${before}`);
      if (seq > before && this.#disk.records.record(origin, seq) === undefined)
        this.#note('S6', `tells of ${seq} events of ${origin}, which are not on its disk`);
      this.#frontier.set(origin, seq);
    }
    const { replica } = engine;
    if (engine.rebuilding !== undefined) return;
    const applied = [...replica.applied()].flatMap(([origin, seq]) => this.#upTo(origin, seq));
    // What is applied is told once it is committed.
    if (applied.includes(undefined)) return;
    const shown = { digest: replica.digest.toHex(), counts: countsText(replica.counts) };
    const told = applied.filter((event) => event !== undefined);
    const breach = this.#setting.ledger.look(this.#device, told, shown);
    if (breach !== undefined) this.#breaches.push(breach);
    if (applied.length > 0 && this.#isFounded && engine.membership.size !== this.#setting.devices.length)
      this.#note('S8', `knows ${engine.membership.size} members`);
  }

  get #isFounded(): boolean {
    return this.#device.image !== undefined;
  }

  #committing(origin: Origin, seq: Seq, record: Uint8Array): void {
    const { ledger } = this.#setting;
    if (deviceOf(origin) === this.#device.signer.device) ledger.write(origin, seq, record);
    else if (!ledger.isWritten(origin, seq, record))
      this.#note('S3', `stores a record at ${origin} ${seq} that nobody has written there`);
  }

  #apply(event: PlacedEvent): void {
    const { origin, seq, seen = {} } = event;
    const before = this.#applied.get(origin) ?? 0;
    if (seq !== before + 1) this.#note('S5', `applies ${origin} ${seq} after ${before}`);
    for (const [other, highest] of Object.entries(seen)) {
      if (highest > (this.#applied.get(other as Origin) ?? 0))
        this.#note('S5', `applies ${origin} ${seq} before ${other} ${highest}, which it has seen`);
    }
    this.#applied.set(origin, seq);
    this.#events.set(`${origin} ${seq}`, event);
  }

  #upTo(origin: Origin, seq: Seq): readonly (PlacedEvent | undefined)[] {
    return Array.from({ length: seq }, (_, i) => this.#events.get(`${origin} ${i + 1}`));
  }

  #readLog(origin: Origin, length: Seq): void {
    for (let seq = 1; seq <= length; seq += 1) {
      const record = this.#disk.records.record(origin, seq) ?? new Uint8Array();
      const id = eventIdFromLeaf(leafHash(this.#setting.crypto, origin, seq, record));
      const event = placeRecord(origin, seq, id, record);
      if (event.ok) this.#events.set(`${origin} ${seq}`, event.value);
    }
  }

  #note(invariant: Breach['invariant'], message: string): void {
    this.#breaches.push({ invariant, device: this.#device.number, message });
  }
}
