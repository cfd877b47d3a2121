import { resolve } from 'node:path';
import type { MeshDevice } from './mesh-device.ts';

/** Options of Node with which a device can be asked for {@link collected}. */
export const COLLECTING: readonly string[] = [
  '--expose-gc',
  '--import',
  resolve(import.meta.dirname, '../../scripts/collect-on-signal.ts'),
];

/** Resident memory of a running device in bytes, after all garbage has been collected. */
export const collected = async (device: MeshDevice): Promise<number> => {
  const line = await device.answerTo('SIGUSR2', /^collected /);
  return JSON.parse(line.slice('collected '.length)).rss;
};
