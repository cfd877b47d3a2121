import { BUNDLE_KIND, BUNDLE_VERSION } from './smo-os-lines.ts';
import type { MergedSmoOsEvents } from './smo-os-merge.ts';

/** What the writer of a bundle states about it. */
export interface BundleHeader {
  /** Any id that no other bundle has. */
  readonly bundleId: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** Who wrote the bundle. */
  readonly origin: string;
}

/**
 * The text of a 0.3.0 bundle: its header, then one event a line in the total order, each as it was read,
 * with the order of its keys and with members that this version does not know.
 */
export const writeSmoOsBundle = (header: BundleHeader, events: MergedSmoOsEvents): string => {
  const { bundleId, createdAt, origin } = header;
  const lines = [
    JSON.stringify({ kind: BUNDLE_KIND.header, bundleVersion: BUNDLE_VERSION, bundleId, createdAt, origin }),
    ...events.map(({ original }) => JSON.stringify({ kind: BUNDLE_KIND.event, event: original })),
  ];
  return `${lines.join('\n')}\n`;
};
