import fc from 'fast-check';
import { expect, test } from 'vitest';
import { eventIdFromLeaf, leafHash } from '../../protocol/event/index.ts';
import { commitmentOf, type VerifiedTail, verifyRange } from '../../protocol/manifest/index.ts';
import { appendLeaves, emptyTree } from '../../protocol/segment/index.ts';
import { fastCrypto as crypto } from '../support/fast-crypto.ts';
import { signRange, TEST_SPACE as space, testLog } from '../support/test-log.ts';

const LOG = testLog(1);

/** How a log grew: the records that each newly signed manifest added, and whether it closed the segment. */
const growth = () =>
  fc.array(
    fc.record({
      records: fc.array(fc.uint8Array({ minLength: 1, maxLength: 20 }), { maxLength: 12 }),
      sealed: fc.boolean(),
    }),
    { minLength: 1, maxLength: 8 },
  );

/** Author's side: signs step after step. A step without records can seal, but cannot begin, a segment. */
const signAll = (steps: readonly { readonly records: readonly Uint8Array[]; readonly sealed: boolean }[]) => {
  const ranges: ReturnType<typeof signRange>[] = [];
  let tail: VerifiedTail | undefined;
  for (const { records, sealed } of steps) {
    const isOpen = tail !== undefined && !tail.manifest.sealed;
    if (!isOpen && records.length === 0) continue;
    const range = signRange(LOG, tail, records, { sealed });
    ranges.push(range);
    tail = range.tail;
  }
  return ranges;
};

test('however a log is cut into ranges, its replicas hold the same ids, trees and commitments', () => {
  fc.assert(
    fc.property(growth(), fc.infiniteStream(fc.boolean()), (steps, received) => {
      const ranges = signAll(steps);
      const ids: string[] = [];
      let tail: VerifiedTail | undefined;
      let missed: readonly Uint8Array[] = [];
      for (const range of ranges) {
        // A replica may miss any head and get its records with a later one; a sealed manifest it needs.
        missed = [...missed, ...range.records];
        if (!range.manifest.sealed && received.next().value === false) continue;
        const firstSeq = ids.length + 1;
        const verdict = verifyRange(crypto, {
          space,
          tail,
          manifest: range.manifest,
          firstSeq,
          records: missed,
        });
        if (!verdict.ok) throw new Error(verdict.fault.message);
        ids.push(...verdict.value.ids);
        tail = { manifest: verdict.value.manifest, peaks: verdict.value.tree.peaks };
        missed = [];
        expect(tail).toEqual(range.tail);
        expect(commitmentOf(crypto, tail.manifest)).toEqual(commitmentOf(crypto, range.manifest));
      }
      const records = ranges.flatMap((range) => range.records).slice(0, ids.length);
      const leaves = records.map((record, i) => leafHash(crypto, LOG.origin, i + 1, record));
      expect(ids).toEqual(leaves.map(eventIdFromLeaf));
      if (tail === undefined) return;
      const segment = leaves.slice(tail.manifest.firstSeq - 1);
      expect(tail.peaks).toEqual(appendLeaves(crypto, emptyTree, segment).peaks);
    }),
    { numRuns: 60 },
  );
});

test('one changed bit in any record is found', () => {
  const records = fc.array(fc.uint8Array({ minLength: 1, maxLength: 20 }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(records, fc.nat(), fc.nat(), fc.nat(7), (list, which, where, bit) => {
      const { manifest, firstSeq } = signRange(LOG, undefined, list);
      const damaged = list.map((record, i) =>
        i === which % list.length
          ? record.map((byte, j) => (j === where % record.length ? byte ^ (1 << bit) : byte))
          : record,
      );
      const claim = { space, tail: undefined, manifest, firstSeq };
      expect(verifyRange(crypto, { ...claim, records: list }).ok).toBe(true);
      const verdict = verifyRange(crypto, { ...claim, records: damaged });
      expect(verdict).toMatchObject({ ok: false, fault: { code: 'root_mismatch' } });
    }),
    { numRuns: 40 },
  );
});
