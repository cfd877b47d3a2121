import { resolve } from 'node:path';
import type { MeshDevice } from './mesh-device.ts';

/** Options of Node with which a device can be asked for {@link collected}. */
export const COLLECTING: readonly string[] = [
  '--expose-gc',
  '--import',
  resolve(import.meta.dirname, '../../scripts/collect-on-signal.ts'),
];

/** Memory of a process after all garbage has been collected. */
export interface CollectedMemory {
  /** What its program holds: objects of JavaScript and the buffers beside them. */
  readonly heldBytes: number;
  /** What it takes of the machine, with its code, the caches of its libraries and pages that wait to be used again. */
  readonly residentBytes: number;
}

export const collected = async (device: MeshDevice): Promise<CollectedMemory> => {
  const line = await device.answerTo('SIGUSR2', /^collected /);
  const { rss, heapUsed, external } = JSON.parse(line.slice('collected '.length));
  return { heldBytes: heapUsed + external, residentBytes: rss };
};
