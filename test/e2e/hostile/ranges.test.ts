import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { canonicalBytes, utf8Encode } from '../../../protocol/bytes/index.ts';
import { decodeManifest } from '../../../protocol/manifest/index.ts';
import type { SyncFrame } from '../../../protocol/sync/index.ts';
import { update } from '../../support/drafts.ts';
import { Arena, type Intruder } from '../../support/hostile/arena.ts';
import { forge } from '../../support/hostile/forge.ts';
import { type Spoil, SpoiltDevice } from '../../support/hostile/spoilt-device.ts';

let arena: Arena;
beforeAll(async () => {
  arena = await Arena.open();
}, 60_000);
afterAll(() => arena.close());

type Range = Extract<SyncFrame, { type: 'range' }>;

/** Events that a device which lies holds and wants to pass on. */
const EVENTS = 5;

const spoiltRange =
  (spoil: (range: Range) => readonly SyncFrame[]): Spoil =>
  (frame) =>
    frame.type === 'range' ? spoil(frame) : [frame];

/** Another last record. */
const withRecord = (range: Range, change: (record: Uint8Array) => readonly Uint8Array[]): Range => ({
  ...range,
  records: [...range.records.slice(0, -1), ...range.records.slice(-1).flatMap(change)],
});

/** Another manifest, with the signature of the one that was signed. */
const withManifest = (range: Range, change: (manifest: object) => object): Range => {
  const manifest = range.manifest && decodeManifest(range.manifest);
  if (!manifest?.ok) return range;
  return { ...range, manifest: canonicalBytes(change(manifest.value) as never) };
};

/** A lie about ranges, and the code of the fault that the victim finds. */
const LIES: readonly (readonly [string, string, (range: Range) => readonly SyncFrame[]])[] = [
  [
    'a record in which a bit is turned over',
    'root_mismatch',
    (range) => [withRecord(range, (record) => [record.with(-1, (record.at(-1) ?? 0) ^ 1)])],
  ],
  [
    'a record that is longer',
    'bytes_mismatch',
    (range) => [withRecord(range, (record) => [Uint8Array.of(...record, 32)])],
  ],
  ['a record too few', 'count_mismatch', (range) => [withRecord(range, () => [])]],
  ['a record twice', 'count_mismatch', (range) => [withRecord(range, (record) => [record, record])]],
  [
    'a manifest with the signature of another',
    'bad_signature',
    (range) => [withManifest(range, (manifest) => ({ ...manifest, createdAt: 7 }))],
  ],
  [
    'a manifest of another space',
    'wrong_space',
    (range) => [withManifest(range, (manifest) => ({ ...manifest, space: 'a'.repeat(52) }))],
  ],
  ['a manifest that is none', 'bad_manifest', (range) => [{ ...range, manifest: Uint8Array.of(1, 2, 3) }]],
];

/** Starts an intruder that lies while `lying` holds, with some events that nobody else holds. */
const startLiar = async (intruder: Intruder, spoil: Spoil) => {
  let lying = true;
  const liar = await SpoiltDevice.start(intruder.device, arena.victim.addresses, (frame) =>
    lying ? spoil(frame) : [frame],
  );
  onTestFinished(() => liar.stop());
  const { host, origin } = liar.device;
  const drafts = Array.from({ length: EVENTS }, (_, n) => update(`${intruder.name}-${n}`, { n }));
  await host.append(drafts.map((draft) => ({ origin, draft })));
  return {
    repent: async (): Promise<void> => {
      lying = false;
      await liar.reconnect();
    },
  };
};

describe('a member that passes on ranges', () => {
  test.each(LIES)('with %s is refused with %s, until it tells the truth', async (title, code, spoil) => {
    const intruder = await arena.admit(`mallory: ${title}`);
    const before = await arena.condition();
    const { repent } = await startLiar(intruder, spoiltRange(spoil));
    await arena.logged(new RegExp(`refused from ${intruder.name}: .*\\(${code}\\)`));
    expect(await arena.condition()).toEqual(before);
    await repent();
    await arena.holds(before.events + EVENTS);
    await arena.goesOn();
  });

  test('but keeps back what it says it has is not waited for', async () => {
    const intruder = await arena.admit('miser');
    const before = await arena.condition();
    const { repent } = await startLiar(
      intruder,
      spoiltRange(() => []),
    );
    await arena.reasoned('miser', /says that it holds more/);
    expect(await arena.condition()).toEqual(before);
    await arena.goesOn();
    await repent();
    await arena.inStep();
    expect((await arena.condition()).events).toBeGreaterThanOrEqual(before.events + EVENTS);
  });

  test('but never answers is not waited for', { timeout: 60_000 }, async () => {
    const intruder = await arena.admit('mute');
    const before = await arena.condition();
    const { repent } = await startLiar(intruder, (frame) =>
      frame.type === 'range' || frame.type === 'want-end' ? [] : [frame],
    );
    await arena.reasoned('mute', /to come/);
    await arena.goesOn();
    // The want is given up after 10 s.
    await arena.reasoned('mute', /did not send log/);
    expect((await arena.condition()).members).toEqual(before.members);
    await repent();
    await arena.inStep();
  });

  test('of records that are no events, well signed, is refused', async () => {
    const intruder = await arena.admit('scribbler');
    const before = await arena.condition();
    await forge(intruder, { records: [Uint8Array.of(0, ...utf8Encode('{"b":1,"a":2}'))] });
    const liar = await SpoiltDevice.start(intruder.device, arena.victim.addresses);
    onTestFinished(() => liar.stop());
    await arena.logged(/refused from scribbler: .*\(record_not_canonical\)/);
    expect(await arena.condition()).toEqual(before);
    await arena.goesOn();
  });
});
