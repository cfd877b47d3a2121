import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeManifest } from '../../protocol/manifest/index.ts';
import { decodeGossip, encodeGossip } from '../../protocol/sync/index.ts';
import { MeshWorld, seededRandom } from '../support/mesh-world.ts';
import { numberedRecords, signRange } from '../support/test-log.ts';

const parts = (maxLength: number) => fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength });

const message = fc
  .record({ manifests: parts(16), evidence: parts(4) })
  .filter(({ manifests, evidence }) => manifests.length + evidence.length > 0);

/** Good bytes with some changed, put in or cut out. */
const spoiled = (good: fc.Arbitrary<Uint8Array>) =>
  fc
    .tuple(good, fc.array(fc.tuple(fc.nat(), fc.nat(2), fc.nat(255)), { minLength: 1, maxLength: 3 }))
    .map(([bytes, changes]) => {
      const list = [...bytes];
      for (const [where, cut, byte] of changes) list.splice(where % (list.length + 1), cut, byte);
      return Uint8Array.from(list);
    });

test('decodeGossip gives a verdict on any bytes, and accepts only what would be written', () => {
  const hostile = fc.oneof(fc.uint8Array({ maxLength: 200 }), spoiled(message.map(encodeGossip)));
  fc.assert(
    fc.property(hostile, (bytes) => {
      const verdict = decodeGossip(bytes);
      if (verdict.ok) expect(encodeGossip(verdict.value)).toEqual(bytes);
      else expect(verdict.fault.code).toBe('bad_gossip');
    }),
    { numRuns: 5000 },
  );
});

test('a message is read back as it was written', () => {
  fc.assert(
    fc.property(message, (value) => {
      expect(decodeGossip(encodeGossip(value))).toEqual({ ok: true, value });
    }),
  );
});

test('an engine gives one verdict on any message, and remembers nothing that nobody signed', async () => {
  const world = await MeshWorld.create(2, seededRandom(1));
  const { signer, origin, engine } = world.device(0);
  const log = { signer: world.device(1).signer, origin: world.device(1).origin, space: world.space };
  const good = [
    signRange(log, undefined, numberedRecords(1, 3)).manifest,
    signRange({ signer, origin, space: world.space }, undefined, numberedRecords(1, 9)).manifest,
  ].map(encodeManifest);
  const whole = encodeGossip({ manifests: good, evidence: [] });
  const signed = new Set(['3', '9']);
  fc.assert(
    fc.property(
      fc.oneof(fc.uint8Array(), spoiled(fc.constant(whole)), message.map(encodeGossip)),
      (bytes) => {
        const effects = engine.step({
          type: 'gossip',
          nowMs: world.nowMs,
          request: 1,
          peer: log.signer.device,
          message: bytes,
        });
        expect(effects.filter(({ type }) => type === 'gossip-verdict')).toHaveLength(1);
        for (const { seq } of engine.heard()) expect(signed).toContain(String(seq));
      },
    ),
    { numRuns: 1000 },
  );
});
