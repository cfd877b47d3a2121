import type { Crypto } from '../../protocol/crypto/index.ts';
import { type LogTail, type LogWrite, OwnLogs } from '../../protocol/engine/index.ts';
import { type EventDraft, encodeRecord, type Origin, type Seq } from '../../protocol/event/index.ts';
import type { SpaceId } from '../../protocol/manifest/index.ts';
import { deviceAdded, deviceRevoked, roleChanged } from '../../protocol/membership/index.ts';
import { bytesOf, type DeviceBackup, type RunCrypto, type SimDevice } from '../device/index.ts';
import type { Draws } from '../draws/index.ts';

/** Bytes of the seed of a key. */
const SEED_BYTES = 32;

/** What was written to a log on purpose that no engine would have written. */
export interface Forgery {
  readonly kind: 'fork' | 'usurp' | 'codec';
  readonly origin: Origin;
  readonly firstSeq: Seq;
  readonly records: readonly Uint8Array[];
  /** How many of them are events, up to the first that nobody can read. */
  readonly events: number;
}

/** What a forger works with. */
export interface ForgerSite {
  readonly crypto: RunCrypto;
  readonly space: SpaceId;
  readonly draws: Draws;
  /** Is told before a device starts on what was forged. At a fork not all is there of what it held. */
  forged(device: number, forgery: Forgery): void;
}

/** Signs with the keys of devices what their engines would not: all of it well formed and well signed. */
export class Forger {
  readonly #site: ForgerSite;

  constructor(site: ForgerSite) {
    this.#site = site;
  }

  /** A device goes back to where it was, and signs a second history from there on. */
  async fork(device: SimDevice, backup: DeviceBackup, drafts: readonly EventDraft[]): Promise<void> {
    if (!device.isUp) return;
    const { nowMs } = device;
    device.halt();
    device.restore(backup);
    await this.#write(
      device,
      drafts.map((draft) => encodeRecord({ ...draft, timestamp: nowMs })),
      'fork',
    );
  }

  /**
   * A device signs records of which the last one has another codec, as a later version may write. Its own engine
   * cannot read that one either, and passes it on all the same.
   */
  async codec(device: SimDevice, codec: number, drafts: readonly EventDraft[]): Promise<void> {
    if (!device.isUp) return;
    const { nowMs } = device;
    device.halt();
    const records = drafts.map((draft, i) => {
      const record = encodeRecord({ ...draft, timestamp: nowMs });
      return i < drafts.length - 1 ? record : Uint8Array.of(codec, ...record.subarray(1));
    });
    await this.#write(device, records, 'codec');
  }

  /** A device writes that it is an admin, that a stranger is let in, and that another device is out. */
  async usurp(device: SimDevice, target: SimDevice): Promise<void> {
    if (!device.isUp) return;
    const { nowMs, engine, identity, ownLogs } = device;
    const seen = Object.fromEntries(
      [...engine.frontier()].flatMap(({ origin, seq }) =>
        origin === ownLogs.notes.main || seq === 0 ? [] : [[origin, seq] as const],
      ),
    );
    const stream = this.#site.draws.stream('byzantine', 2 ** 31 + device.number);
    const stranger = this.#site.crypto.signerFromSeed(bytesOf(stream, SEED_BYTES)).device;
    const drafts = [
      roleChanged({ device: identity.signer.device, role: 'admin', cut: {} }),
      deviceAdded({ device: stranger, name: 'stranger', role: 'admin' }),
      deviceRevoked({ device: target.identity.signer.device, cut: {} }),
    ];
    device.halt();
    const records = drafts.map((draft, i) =>
      encodeRecord({ ...draft, timestamp: nowMs, ...(i === 0 && { seen }) }),
    );
    await this.#write(device, records, 'usurp');
  }

  /** Signs records at the end of the log that a halted device writes to, and lets it go on. */
  async #write(device: SimDevice, records: readonly Uint8Array[], kind: Forgery['kind']): Promise<void> {
    const { disk, identity, ownLogs, nowMs } = device;
    const origin = ownLogs.notes.main;
    // What its program had begun to write is written: the log goes on after that.
    disk.reopen();
    const tails = await disk.records.tails();
    const writes = signed(this.#site, identity.signer, tails, origin, records, nowMs);
    const [first] = writes;
    if (first === undefined) throw new RangeError('nothing is forged');
    const arrivals = disk.records.arrivals();
    const logs = writes.map((write, i): LogWrite => ({ ...write, arrival: arrivals + 1 + i }));
    disk.write({ logs, evidence: [], reset: false, state: [] });
    disk.sync();
    const events = records.length - (kind === 'codec' ? 1 : 0);
    this.#site.forged(device.number, { kind, origin, firstSeq: first.firstSeq, records, events });
    await device.start();
  }
}

const signed = (
  { crypto, space }: { readonly crypto: Crypto; readonly space: SpaceId },
  signer: SimDevice['identity']['signer'],
  tails: readonly LogTail[],
  origin: Origin,
  records: readonly Uint8Array[],
  nowMs: number,
): readonly Omit<LogWrite, 'arrival'>[] => {
  const tail = tails.find(({ manifest }) => manifest.origin === origin);
  const logs = new OwnLogs(crypto, signer, space, () => tail);
  const closed = records.flatMap((record) => logs.append(origin, record, nowMs).closed ?? []);
  return [...closed, ...logs.signHeads(nowMs)];
};
