import type { Byzantine, HostileCase } from '../byzantine.ts';
import type { Spoil } from '../spoilt-device.ts';
import { type Covered, turnedOver, withManifest, withRecord } from './covered.ts';

/** Spoils what comes with the news of it. */
const spoiltNews =
  (spoil: <Brought extends Covered>(brought: Brought) => Brought): Spoil =>
  (frame) => [
    frame.type === 'frontier' && frame.brought !== undefined
      ? { ...frame, brought: spoil(frame.brought) }
      : frame,
  ];

type NewsRow = readonly [
  kind: Byzantine,
  title: string,
  code: string,
  spoil: <Brought extends Covered>(brought: Brought) => Brought,
];

/** Lies about what comes with the news of it, unasked, and the code of the fault that the victim finds. */
const NEWS_LIES: readonly NewsRow[] = [
  [
    'mutated bytes',
    'brings a record with its news, of which it turns over a bit',
    'root_mismatch',
    (brought) => withRecord(brought, turnedOver),
  ],
  [
    'bad signatures',
    'brings records with its news under the signature of another manifest',
    'bad_signature',
    (brought) => withManifest(brought, (manifest) => ({ ...manifest, createdAt: 7 })),
  ],
  [
    'frames of elsewhere',
    'brings records with its news that are those of another space',
    'wrong_space',
    (brought) => withManifest(brought, (manifest) => ({ ...manifest, space: 'a'.repeat(52) })),
  ],
];

/** Cases of records that come with the news of them. */
export const NEWS_CASES: readonly HostileCase[] = NEWS_LIES.map(([kind, title, code, spoil]) => ({
  kind,
  title: `${title}, until it repents`,
  code,
  strikes: 1,
  attack: async (scene) => (await scene.writingLiar(spoiltNews(spoil))).repent,
}));
