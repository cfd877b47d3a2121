import type { DeviceId } from '../../protocol/crypto/index.ts';
import type { EffectOf } from '../../protocol/engine/index.ts';
import { deviceOf, type Origin } from '../../protocol/event/index.ts';
import { decodeManifest } from '../../protocol/manifest/index.ts';
import { decodeFrame, rangeIn } from '../../protocol/sync/index.ts';

/**
 * Records that are sent although nobody should lack any. What dishonest devices have written may come to light at any
 * time; devices outside of the core may lack something for ever, and ask for it without end.
 */
export class OwedPayload {
  readonly #dishonest: ReadonlySet<DeviceId>;
  readonly #outside: ReadonlySet<DeviceId>;
  /** The log of each want of which there was a manifest. */
  readonly #logs = new Map<string, Origin>();

  constructor(devices: Readonly<Record<'dishonest' | 'outside', ReadonlySet<DeviceId>>>) {
    this.#dishonest = devices.dishonest;
    this.#outside = devices.outside;
  }

  /** Bytes of records in what a device sends. */
  of(number: number, { peer, frame: bytes }: EffectOf<'send'>): number {
    const frame = decodeFrame(bytes);
    const range = frame.ok ? rangeIn(frame.value) : undefined;
    if (!frame.ok || range === undefined || this.#outside.has(peer)) return 0;
    const { manifest, records } = range;
    const key = `${number} ${peer} ${frame.value.type === 'range' ? frame.value.want : 'unasked'}`;
    const decoded = manifest && decodeManifest(manifest);
    if (decoded?.ok) this.#logs.set(key, decoded.value.origin);
    const origin = this.#logs.get(key);
    if (origin !== undefined && this.#dishonest.has(deviceOf(origin))) return 0;
    return records.reduce((sum, record) => sum + record.length, 0);
  }
}
