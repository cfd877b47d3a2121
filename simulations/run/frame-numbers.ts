import { decodeFrame, rangeIn } from '../../protocol/sync/index.ts';
import type { FrameLoad } from './news.ts';

interface Sent {
  readonly bytes: Uint8Array;
  readonly message: number;
}

/**
 * Recognises the frames that arrive as those that were sent, from outside: what is sent on one session of one device
 * arrives in this order, or not at all.
 */
export class FrameNumbers {
  /** By sender and receiver, what may still arrive. */
  readonly #underWay = new Map<string, Sent[]>();
  readonly #loads = new WeakMap<Uint8Array, FrameLoad>();
  #last = 0;

  /** A device begins to send to a peer: what it sent before does not arrive any more. */
  begin(from: number, to: number): void {
    this.#underWay.delete(`${from} ${to}`);
  }

  sent(from: number, to: number, bytes: Uint8Array): number {
    const key = `${from} ${to}`;
    const queue = this.#underWay.get(key) ?? [];
    this.#underWay.set(key, queue);
    this.#last += 1;
    queue.push({ bytes, message: this.#last });
    return this.#last;
  }

  /** The number of a frame that arrives; undefined for one that nobody has sent so. */
  received(from: number, to: number, bytes: Uint8Array): number | undefined {
    const queue = this.#underWay.get(`${from} ${to}`) ?? [];
    const index = queue.findIndex((sent) => sent.bytes === bytes);
    if (index < 0) return undefined;
    // Those before it were lost.
    return queue.splice(0, index + 1).at(-1)?.message;
  }

  /** What a frame carries; read once, however often it is asked for. */
  loadOf(bytes: Uint8Array): FrameLoad {
    const known = this.#loads.get(bytes);
    if (known !== undefined) return known;
    const load = readLoad(bytes);
    this.#loads.set(bytes, load);
    return load;
  }
}

/** Bytes of records. */
export const recordBytesOf = (records: readonly Uint8Array[]): number =>
  records.reduce((bytes, record) => bytes + record.length, 0);

const readLoad = (bytes: Uint8Array): FrameLoad => {
  const frame = decodeFrame(bytes);
  if (!frame.ok) return { frame: 'invalid', bytes: bytes.length, records: 0, recordBytes: 0 };
  const records = rangeIn(frame.value)?.records ?? [];
  return {
    frame: frame.value.type,
    bytes: bytes.length,
    records: records.length,
    recordBytes: recordBytesOf(records),
  };
};
