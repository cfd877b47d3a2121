import { canonicalBytes } from '../../../../protocol/bytes/index.ts';
import { decodeManifest } from '../../../../protocol/manifest/index.ts';

/** Records with the manifest that covers them. */
export interface Covered {
  readonly manifest?: Uint8Array;
  readonly records: readonly Uint8Array[];
}

/** Another last record. */
export const withRecord = <Some extends Covered>(
  range: Some,
  change: (record: Uint8Array) => readonly Uint8Array[],
): Some => ({
  ...range,
  records: [...range.records.slice(0, -1), ...range.records.slice(-1).flatMap(change)],
});

/** A record with one bit turned over. */
export const turnedOver = (record: Uint8Array): readonly Uint8Array[] => [
  record.with(-1, (record.at(-1) ?? 0) ^ 1),
];

/** Another manifest, with the signature of the one that was signed. */
export const withManifest = <Some extends Covered>(
  range: Some,
  change: (manifest: object) => object,
): Some => {
  const manifest = range.manifest && decodeManifest(range.manifest);
  if (!manifest?.ok) return range;
  return { ...range, manifest: canonicalBytes(change(manifest.value) as never) };
};
