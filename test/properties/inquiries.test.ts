import fc from 'fast-check';
import { expect, test } from 'vitest';
import { verifyEvidence } from '../../protocol/evidence/index.ts';
import { encodeManifest } from '../../protocol/manifest/index.ts';
import { type Answer, heal, investigate, type Question } from '../../protocol/sync/index.ts';
import { fastCrypto as crypto } from '../support/fast-crypto.ts';
import {
  contextOf,
  forkOf,
  HeldHistory,
  honest,
  runInquiry,
  type SegmentPlan,
} from '../support/held-history.ts';
import { numberedRecords, TEST_SPACE, testLog } from '../support/test-log.ts';

const LOG = testLog();
const { origin } = LOG;

/** Sizes of the segments of a history; the last one may be open. */
const cuts = (segmentsMax: number) =>
  fc.record({
    sizes: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: segmentsMax }),
    sealed: fc.boolean(),
  });

const plan = (
  { sizes, sealed }: { readonly sizes: readonly number[]; readonly sealed: boolean },
  records: readonly Uint8Array[],
): readonly SegmentPlan[] => {
  const segments: SegmentPlan[] = [];
  let at = 0;
  for (const size of sizes) {
    const part = records.slice(at, at + size);
    at += size;
    if (part.length > 0) segments.push({ records: part, sealed: true });
  }
  if (at < records.length) segments.push({ records: records.slice(at, at + 40), sealed: true });
  const last = segments.at(-1);
  return last === undefined ? [] : [...segments.slice(0, -1), { ...last, sealed }];
};

/**
 * Two copies of a log: cut alike for a while, and with the same records for a while. Often they part, sometimes
 * one is the beginning of the other.
 */
const copies = fc
  .record({
    common: cuts(50),
    one: cuts(4),
    two: cuts(4),
    shared: fc.nat(4),
    recordsShared: fc.oneof(fc.nat(200), fc.constant(5000)),
  })
  .map(({ common, one, two, shared, recordsShared }) => {
    const sizes = common.sizes.slice(0, Math.max(common.sizes.length - shared, 0));
    const cutsOf = (own: typeof one) => ({
      sizes: [...sizes, ...(shared === 0 ? common.sizes.slice(sizes.length) : own.sizes)],
      sealed: own.sealed,
    });
    const total = (own: typeof one) => cutsOf(own).sizes.reduce((sum, size) => sum + size, 0);
    const [ones, twos] = [total(one), total(two)];
    const start = sizes.reduce((sum, size) => sum + size, 0);
    const same = Math.min(start + recordsShared, twos);
    const others = [...numberedRecords(1, same), ...numberedRecords(90_001, twos - same)];
    return {
      first: HeldHistory.sign(LOG, plan(cutsOf(one), numberedRecords(1, ones))),
      second: HeldHistory.sign(LOG, plan(cutsOf(two), others)),
    };
  });

test('two honest replicas find the very place where a log was forked, or that it was not', () => {
  let [forks, agreements] = [0, 0];
  fc.assert(
    fc.property(copies, ({ first, second }) => {
      const fork = forkOf(LOG, first, second);
      for (const [own, remote] of [
        [first, second],
        [second, first],
      ] as const) {
        const { result, asks } = runInquiry(investigate(contextOf(own), origin), honest(remote));
        expect(asks).toBeLessThanOrEqual(6);
        if (fork === undefined) expect(result).toEqual({ type: 'agreed' });
        else {
          if (result.type !== 'evidence') throw new Error(`${result.type} at a fork at ${fork}`);
          expect(verifyEvidence(crypto, TEST_SPACE, result.evidence)).toEqual({
            ok: true,
            value: { origin, seq: fork },
          });
        }
      }
      if (fork === undefined) agreements += 1;
      else forks += 1;
    }),
    { numRuns: 60 },
  );
  // The generator has to bring up both.
  expect(Math.min(forks, agreements)).toBeGreaterThan(5);
});

/** What a hostile remote makes of an answer. */
const spoil = (answer: Answer, question: Question, remote: HeldHistory, random: () => number): Answer => {
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)];
  const flip = (bytes: Uint8Array): Uint8Array => {
    const at = Math.floor(random() * bytes.length);
    return bytes.length === 0 ? Uint8Array.of(1) : bytes.with(at, ((bytes[at] ?? 0) + 1) % 256);
  };
  const choice = random();
  if (choice < 0.15) {
    const manifest = pick(remote.manifests);
    return (
      pick<Answer>([
        { type: 'nodes', hashes: [] },
        { type: 'records', records: [] },
        { type: 'commitments', commitments: [] },
        { type: 'manifest', manifest: manifest && encodeManifest(manifest) },
      ]) ?? answer
    );
  }
  const every = choice < 0.5;
  const change = (bytes: Uint8Array): Uint8Array => (every || random() < 0.2 ? flip(bytes) : bytes);
  const keep = (): boolean => random() > 0.1;
  switch (answer.type) {
    case 'commitments':
      return {
        type: 'commitments',
        commitments: answer.commitments.filter(keep).map(({ segment, commitment }) => ({
          segment: random() < 0.05 ? segment + 1 : segment,
          commitment: change(commitment),
        })),
      };
    case 'manifest': {
      const other = pick(remote.manifests);
      const bytes = random() < 0.3 && other ? encodeManifest(other) : answer.manifest;
      return { type: 'manifest', manifest: bytes && (random() < 0.3 ? flip(bytes) : bytes) };
    }
    case 'nodes':
      return { type: 'nodes', hashes: answer.hashes.filter(keep).map(change) };
    case 'records':
      return {
        type: 'records',
        records: [
          ...answer.records.filter(keep).map(change),
          ...(question.type === 'records' && random() < 0.1 ? [Uint8Array.of(1)] : []),
        ].slice(0, 64),
      };
  }
};

const seededRandom = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
};

/** A remote of which some answers are spoiled. */
const hostile = (remote: HeldHistory, seed: number, share: number) => {
  const random = seededRandom(seed);
  const answer = honest(remote);
  return (question: Question): Answer => {
    const good = answer(question);
    return random() < share ? spoil(good, question, remote, random) : good;
  };
};

test('whatever a remote answers, an investigation ends soon, and proves no fork that there is not', () => {
  const share = fc.constantFrom(0.2, 0.5, 1);
  fc.assert(
    fc.property(copies, fc.nat(), share, ({ first, second }, seed, spoiled) => {
      const { result, asks } = runInquiry(
        investigate(contextOf(first), origin),
        hostile(second, seed, spoiled),
      );
      expect(asks).toBeLessThanOrEqual(12);
      // The own store is whole, so nothing that a remote says may make it look damaged.
      expect(result.type).not.toBe('own-damage');
      if (result.type !== 'evidence') return;
      const fork = verifyEvidence(crypto, TEST_SPACE, result.evidence);
      expect(fork).toEqual({ ok: true, value: { origin, seq: forkOf(LOG, first, second) } });
    }),
    { numRuns: 300 },
  );
});

test('damage of the own store is never laid on an honest remote', () => {
  let damaged = 0;
  fc.assert(
    fc.property(copies, fc.nat(), fc.boolean(), ({ first, second }, where, manifest) => {
      if (manifest) first.manifests[where % Math.max(1, first.manifests.length - 1)] = undefined;
      else first.spoil(1 + (where % first.records.length));
      fc.pre(first.manifests.at(-1) !== undefined);
      const { result } = runInquiry(investigate(contextOf(first), origin), honest(second));
      expect(['evidence', 'own-damage', 'agreed']).toContain(result.type);
      if (result.type === 'own-damage') damaged += 1;
    }),
    { numRuns: 100 },
  );
  expect(damaged).toBeGreaterThan(5);
});

/** A history of a few segments, and what is done to one of them. */
const damages = fc.record({
  cuts: cuts(5),
  seed: fc.nat(),
  lost: fc.double({ min: 0, max: 1, noNaN: true }),
  changed: fc.double({ min: 0, max: 1, noNaN: true }),
  manifest: fc.boolean(),
});

test('a damaged segment is healed from any replica that holds it', () => {
  fc.assert(
    fc.property(damages, ({ cuts: own, seed, lost, changed, manifest }) => {
      const random = seededRandom(seed);
      const segments = plan(
        own,
        numberedRecords(
          1,
          own.sizes.reduce((sum, size) => sum + size, 0),
        ),
      );
      const [whole, broken] = [HeldHistory.sign(LOG, segments), HeldHistory.sign(LOG, segments)];
      const segment = Math.floor(random() * segments.length);
      const signed = whole.manifests[segment];
      if (signed === undefined) throw new Error('no segment');
      let bad = 0;
      for (let seq = signed.firstSeq; seq < signed.firstSeq + signed.events; seq += 1) {
        if (random() < lost) broken.records[seq - 1] = undefined;
        else if (random() < changed) broken.spoil(seq);
        else continue;
        bad += 1;
      }
      if (manifest) broken.manifests[segment] = undefined;
      const { result, recordBytes, hashBytes } = runInquiry(
        heal(contextOf(broken), origin, segment),
        honest(whole),
      );
      if (bad === 0 && !manifest) expect(result.type).toBe('intact');
      else {
        const records = whole.records.slice(signed.firstSeq - 1, signed.firstSeq - 1 + signed.events);
        expect(result).toEqual({ type: 'restored', manifest: signed, records });
      }
      // Only bad records travel.
      expect(recordBytes).toBeLessThanOrEqual(bad * 12);
      expect(hashBytes).toBeLessThanOrEqual(bad * 36 * 32);
    }),
    { numRuns: 150 },
  );
});

test('a hostile remote cannot put anything else into a damaged segment', () => {
  const share = fc.constantFrom(0.1, 0.3, 1);
  fc.assert(
    fc.property(copies, damages, share, ({ second }, { seed, lost, changed, manifest }, spoiled) => {
      const random = seededRandom(seed);
      const segment = Math.floor(random() * second.manifests.length);
      const signed = second.manifests[segment];
      if (signed === undefined) throw new Error('no segment');
      const broken = new HeldHistory();
      broken.records.push(...second.records);
      broken.manifests.push(...second.manifests);
      for (let seq = signed.firstSeq; seq < signed.firstSeq + signed.events; seq += 1) {
        if (random() < lost) broken.records[seq - 1] = undefined;
        else if (random() < changed) broken.spoil(seq);
      }
      if (manifest) broken.manifests[segment] = undefined;
      const { result, asks } = runInquiry(
        heal(contextOf(broken), origin, segment),
        hostile(second, seed, spoiled),
      );
      expect(asks).toBeLessThanOrEqual(100);
      if (result.type !== 'restored') return;
      expect(result.manifest).toEqual(signed);
      expect(result.records).toEqual(
        second.records.slice(signed.firstSeq - 1, signed.firstSeq - 1 + signed.events),
      );
    }),
    { numRuns: 200 },
  );
});
