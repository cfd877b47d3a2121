import { utf8Encode } from '../../../../protocol/bytes/index.ts';
import type { SyncFrame } from '../../../../protocol/sync/index.ts';
import { update } from '../../drafts.ts';
import type { Byzantine, HostileCase } from '../byzantine.ts';
import { forge } from '../forge.ts';
import type { Spoil } from '../spoilt-device.ts';
import { turnedOver, withManifest, withRecord } from './covered.ts';

type Range = Extract<SyncFrame, { type: 'range' }>;

const spoiltRange =
  (spoil: (range: Range) => readonly SyncFrame[]): Spoil =>
  (frame) =>
    frame.type === 'range' ? spoil(frame) : [frame];

type Row = readonly [
  kind: Byzantine,
  title: string,
  code: string,
  spoil: (range: Range) => readonly SyncFrame[],
];

/** Lies about ranges, and the code of the fault that the victim finds. */
const LIES: readonly Row[] = [
  [
    'mutated bytes',
    'turns over a bit of a record',
    'root_mismatch',
    (range) => [withRecord(range, turnedOver)],
  ],
  [
    'mutated bytes',
    'makes a record longer',
    'bytes_mismatch',
    (range) => [withRecord(range, (record) => [Uint8Array.of(...record, 32)])],
  ],
  ['mutated bytes', 'leaves out a record', 'count_mismatch', (range) => [withRecord(range, () => [])]],
  [
    'mutated bytes',
    'sends a record twice',
    'count_mismatch',
    (range) => [withRecord(range, (record) => [record, record])],
  ],
  [
    'mutated bytes',
    'sends frames of a range that do not join',
    'bad_range',
    (range) => [
      { ...range, follows: 'records' },
      { ...range, follows: 'nothing' },
    ],
  ],
  [
    'bad signatures',
    'puts a signature under another manifest',
    'bad_signature',
    (range) => [withManifest(range, (manifest) => ({ ...manifest, createdAt: 7 }))],
  ],
  [
    'bad signatures',
    'sends a manifest without a signature',
    'bad_manifest',
    (range) => [withManifest(range, (manifest) => ({ ...manifest, signature: '' }))],
  ],
  [
    'frames of elsewhere',
    'sends a manifest of another space',
    'wrong_space',
    (range) => [withManifest(range, (manifest) => ({ ...manifest, space: 'a'.repeat(52) }))],
  ],
  [
    'malformed frames',
    'sends a manifest that is none',
    'bad_manifest',
    (range) => [{ ...range, manifest: Uint8Array.of(1, 2, 3) }],
  ],
];

/** Cases of ranges that are not what was asked for. */
export const RANGE_CASES: readonly HostileCase[] = [
  ...LIES.map(([kind, title, code, spoil]): HostileCase => {
    const attack: HostileCase['attack'] = async (scene) => (await scene.liar(spoiltRange(spoil))).repent;
    return { kind, title: `${title}, until it repents`, code, strikes: 1, attack };
  }),
  {
    kind: 'withheld ranges',
    title: 'sends nothing of what it says that it holds, until it repents',
    async attack(scene) {
      const spoil = spoiltRange(({ want }) => [{ type: 'want-end', want }]);
      const { repent } = await scene.liar(spoil);
      await scene.arena.reasoned(scene.intruder.name, /says that it holds more/);
      return repent;
    },
  },
  {
    kind: 'withheld ranges',
    title: 'never answers a want, until it repents',
    async attack(scene) {
      const { repent } = await scene.liar(spoiltRange(() => []));
      await scene.arena.reasoned(scene.intruder.name, /to come/);
      // The want is given up after a minute, as nobody else could be asked.
      await scene.arena.reasoned(scene.intruder.name, /did not send log/);
      return repent;
    },
  },
  {
    kind: 'mutated bytes',
    title: 'signs records that are no events',
    code: 'record_not_canonical',
    strikes: 1,
    async attack(scene) {
      await forge(scene.intruder, { records: [Uint8Array.of(0, ...utf8Encode('{"b":1,"a":2}'))] });
      await scene.honest();
    },
  },
  {
    kind: 'strikes',
    title: 'lies three times, and is served from then on, but not asked',
    code: 'root_mismatch',
    strikes: 3,
    async attack(scene) {
      const { arena, intruder } = scene;
      const { device, stopLying } = await scene.liar(spoiltRange((range) => [withRecord(range, turnedOver)]));
      for (const count of [1, 2, 3]) {
        await arena.logged(new RegExp(`strike ${count} against ${intruder.name}:`));
        if (count < 3) await device.reconnect();
      }
      return async () => {
        await stopLying();
        await arena.victim.api.append({ drafts: [update(`${intruder.name} is served`, {})] });
        const { frontier } = await arena.victim.api.status();
        const seq = frontier[scene.victimLog] ?? 0;
        await device.receives(scene.victimLog, seq);
        if (frontier[intruder.origin] !== undefined) throw new Error(`${intruder.name} was asked`);
      };
    },
  },
];
