import { openDevice } from '../../../node/host/open-device.ts';
import { type EventDraft, encodeRecord } from '../../../protocol/event/index.ts';
import { signRange } from '../test-log.ts';
import type { Intruder } from './arena.ts';

/**
 * Writes to a device's own log what the device itself would never write: any drafts, well formed and well signed,
 * as of now and having seen all that the home holds; or, in their place, any bytes as records.
 */
export const forge = async (
  { device: { home, stateHome }, signer, space }: Intruder,
  what: { readonly drafts: readonly EventDraft[] } | { readonly records: readonly Uint8Array[] },
): Promise<void> => {
  const { records, origin, host, close } = await openDevice(home, { SMO_STATE_HOME: stateHome });
  try {
    const tail = (await records.tails()).find(({ manifest }) => manifest.origin === origin);
    const others = [...host.engine.frontier()].filter((entry) => entry.origin !== origin && entry.seq > 0);
    const seen = Object.fromEntries(others.map((entry) => [entry.origin, entry.seq]));
    const bodies =
      'records' in what
        ? what.records
        : what.drafts.map((draft, index) =>
            encodeRecord({ ...draft, timestamp: Date.now() + index, ...(index === 0 && { seen }) }),
          );
    const range = signRange({ signer, origin, space }, tail, bodies);
    const write = { origin, firstSeq: range.firstSeq, records: bodies, tail: range.tail };
    await records.write([{ ...write, arrival: records.arrivals() + 1 }], { durable: true });
  } finally {
    await close();
  }
};
