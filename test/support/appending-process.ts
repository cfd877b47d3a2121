/**
 * A process that appends to the record store in its first argument for as long as it lives, durably, now and
 * then sealing a segment, and prints each seq once it is acknowledged. For tests that kill it.
 */
import { writeSync } from 'node:fs';
import { signerFromSeed } from '../../node/crypto/index.ts';
import { openRecordStore } from '../../node/store/index.ts';
import { makeOrigin } from '../../protocol/event/index.ts';
import { numberedRecords, signRange, TEST_SPACE } from './test-log.ts';

/** Records of the segments that it makes. */
const SEGMENT_EVENTS = 16;

const [dir = ''] = process.argv.slice(2);
const signer = signerFromSeed(new Uint8Array(32).fill(77));
const log = { signer, origin: makeOrigin(signer.device, 'aaaaaaaa'), space: TEST_SPACE };

const store = await openRecordStore(dir, { create: true });
let [tail] = await store.tails();
for (let count = 1; ; count += 1) {
  const length = tail === undefined ? 0 : tail.manifest.firstSeq + tail.manifest.events - 1;
  const records = numberedRecords(length + 1, 1 + (count % 3));
  const events = (tail?.manifest.sealed === false ? tail.manifest.events : 0) + records.length;
  const next = signRange(log, tail, records, { sealed: events >= SEGMENT_EVENTS });
  const { firstSeq } = next;
  await store.write(
    [{ origin: log.origin, firstSeq, records, tail: next.tail, arrival: store.arrivals() + 1 }],
    { durable: true },
  );
  tail = next.tail;
  // Synchronously: what was acknowledged has been said when the process is killed.
  writeSync(1, `${length + records.length}\n`);
}
