import { nativeCrypto } from '../../node/crypto/index.ts';
import { base32 } from '../../protocol/bytes/index.ts';
import type { LogTail, RecordStore } from '../../protocol/engine/index.ts';
import { stateKey } from '../../protocol/engine/state-keys.ts';
import { encodeRecord, makeOrigin, type Origin } from '../../protocol/event/index.ts';
import { SEGMENT_LIMITS } from '../../protocol/segment/index.ts';
import { MeshWorld, seededRandom, type WorldDevice } from './mesh-world.ts';
import { type SignedRange, signRange, type TestLog } from './test-log.ts';
import { WiredDevice } from './wired-pair.ts';

/** Two devices of one space that hold the same logs, without any memory of each other. */
export interface FilledPair {
  readonly a: WiredDevice;
  readonly b: WiredDevice;
  /** The logs that were filled in. The n-th belongs to device n modulo the number of devices; A is device 0. */
  readonly logs: readonly TestLog[];
  /** Events that were filled into each of them. */
  readonly events: number;
}

/** How much the pair holds beside the log that made its members. */
export interface Filling {
  readonly events: number;
  readonly logs: number;
  /** Devices of the space, from 2 to 200. */
  readonly devices: number;
}

/**
 * Makes a pair over disks in memory. Records and signatures are real; to have a million of them in seconds, one
 * record stands in every place, and the state says that all of them are applied, though they say nothing.
 */
export const filledPair = async ({ events, logs, devices }: Filling): Promise<FilledPair> => {
  const world = await MeshWorld.create(devices, seededRandom(1));
  world.connect(0, 1);
  await world.settle();
  const filled = Array.from({ length: logs }, (_, number) => logOf(world, number));
  const pair = [world.device(0), world.device(1)] as const;
  for (const log of filled) {
    const ranges = rangesOf(log, Math.floor(events / logs));
    for (const device of pair) await fill(device, log.origin, ranges);
  }
  const [a, b] = pair.map((device) => wired(world, device)) as [WiredDevice, WiredDevice];
  await a.open();
  await b.open();
  return { a, b, logs: filled, events: Math.floor(events / logs) };
};

/** Writes the next events of a log into one device's store, while it is closed, as if they had come from its owner. */
export const extendLog = async ({ options }: WiredDevice, log: TestLog, events: number): Promise<void> => {
  const { records } = options.disk;
  const tail = (await records.tails()).find(({ manifest }) => manifest.origin === log.origin);
  await write(
    records,
    log.origin,
    signRange(
      log,
      tail,
      Array.from({ length: events }, () => RECORD),
    ),
  );
};

const RECORD = encodeRecord({
  type: 'x.filling/Event',
  entityId: 'filling',
  payload: { text: 'What stands here is of no matter.' },
  timestamp: 1_750_000_000_000,
});

const logOf = (world: MeshWorld, number: number): TestLog => {
  const { signer } = world.device(number % world.devices.length);
  const incarnation = base32.encode(Uint8Array.of(255, 0, number >> 16, number >> 8, number));
  return { signer, origin: makeOrigin(signer.device, incarnation), space: world.space };
};

const rangesOf = (log: TestLog, events: number): readonly SignedRange[] => {
  const ranges: SignedRange[] = [];
  let tail: LogTail | undefined;
  for (let left = events; left > 0; left -= SEGMENT_LIMITS.eventsMax) {
    const records = Array.from({ length: Math.min(left, SEGMENT_LIMITS.eventsMax) }, () => RECORD);
    const range = signRange(log, tail, records, { sealed: left > SEGMENT_LIMITS.eventsMax });
    tail = range.tail;
    ranges.push(range);
  }
  return ranges;
};

const fill = async (
  { records, state }: WorldDevice,
  origin: Origin,
  ranges: readonly SignedRange[],
): Promise<void> => {
  for (const range of ranges) await write(records, origin, range);
  const last = ranges.at(-1);
  const length = last === undefined ? 0 : last.firstSeq + last.records.length - 1;
  await state.write([{ key: stateKey.applied(origin), row: length }]);
};

const write = async (store: RecordStore, origin: Origin, { firstSeq, records, tail }: SignedRange) => {
  const arrival = store.arrivals() + 1;
  await store.write([{ origin, firstSeq, records, tail, arrival }], { durable: false });
};

const wired = ({ space, genesis }: MeshWorld, { signer, origin, disk }: WorldDevice): WiredDevice =>
  new WiredDevice({ crypto: nativeCrypto, signer, origin, space, genesis, disk });
