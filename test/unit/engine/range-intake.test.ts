import { describe, expect, it } from 'vitest';
import { plainWork } from '../../../protocol/engine/index.ts';
import { RangeIntake } from '../../../protocol/engine/range-intake.ts';
import { encodeRecord } from '../../../protocol/event/index.ts';
import { encodeManifest } from '../../../protocol/manifest/index.ts';
import { portableCrypto } from '../../../protocol/portable-crypto/index.ts';
import { SYNC_LIMITS } from '../../../protocol/sync/index.ts';
import { update } from '../../support/drafts.ts';
import { type SignedRange, signRange, TEST_SPACE, testLog } from '../../support/test-log.ts';
import { numberedSigner } from '../../support/test-signer.ts';

const log = testLog(1);
const peer = numberedSigner(2).device;

const recordsOf = (count: number) =>
  Array.from({ length: count }, (_, i) => encodeRecord({ ...update('e', { i }), timestamp: 1 }));

/** Segments of two records each, the last of which is open. */
const segments = (count: number): readonly SignedRange[] => {
  const ranges: SignedRange[] = [];
  for (let i = 0; i < count; i += 1) {
    ranges.push(signRange(log, ranges.at(-1)?.tail, recordsOf(2), { sealed: i < count - 1 }));
  }
  return ranges;
};

const received = ({ manifest, records }: SignedRange, continues = false) => ({
  origin: log.origin,
  segment: manifest.segment,
  skipped: 0,
  manifest: encodeManifest(manifest),
  records,
  bytes: manifest.bytes,
  resumed: false,
  continues,
});

const newIntake = () => {
  const taken: number[] = [];
  let tail: SignedRange['tail'] | undefined;
  const intake = new RangeIntake({
    crypto: portableCrypto,
    work: plainWork(portableCrypto),
    space: TEST_SPACE,
    tail: () => tail,
    take: ({ manifest, tree }) => {
      taken.push(manifest.segment);
      tail = { manifest, peaks: tree.peaks };
    },
  });
  return { intake, taken };
};

describe('segments that come before their predecessor', () => {
  it('are kept as long as there is room', () => {
    const { intake, taken } = newIntake();
    const count = SYNC_LIMITS.aheadSegmentsMax + 2;
    const [first, ...ahead] = segments(count) as [SignedRange, ...SignedRange[]];
    for (const segment of ahead) intake.receive(peer, received(segment, segment !== ahead.at(-1)));
    expect(intake.shelf.size).toBe(SYNC_LIMITS.aheadSegmentsMax);
    intake.receive(peer, received(first, true));
    expect(taken).toEqual([...Array(count - 1).keys()]);
  });

  it('are kept until that is here, and then taken in order', () => {
    const { intake, taken } = newIntake();
    const [first, second, third] = segments(3) as [SignedRange, SignedRange, SignedRange];
    expect(intake.receive(peer, received(third)).taken).toBe(false);
    expect(intake.receive(peer, received(second, true)).taken).toBe(false);
    expect(intake.shelf.size).toBe(2);
    expect(intake.receive(peer, received(first, true))).toEqual({ taken: true, refusals: [] });
    expect([taken, intake.shelf.size]).toEqual([[0, 1, 2], 0]);
  });

  it('do not come after a segment that is open: who sends them so fills the shelf for nothing', () => {
    const { intake, taken } = newIntake();
    const open = signRange(log, undefined, recordsOf(2));
    expect(intake.receive(peer, received(open, true))).toMatchObject({
      taken: false,
      refusals: [{ peer, origin: log.origin, fault: { code: 'bad_range' } }],
    });
    expect(taken).toEqual([]);
    expect(intake.receive(peer, received(open))).toEqual({ taken: true, refusals: [] });
  });
});
