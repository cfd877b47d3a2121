import type { PlacedEvent } from '../../protocol/event/index.ts';
import { update } from './drafts.ts';
import type { MeshWorld } from './mesh-world.ts';

/** A device writes values to one field, one after the other. */
export const write = (
  world: MeshWorld,
  number: number,
  ...values: readonly (string | number)[]
): Promise<readonly PlacedEvent[]> => world.write(number, ...values.map((x) => update('e', { x })));

/** A device is given the proof of a fork. */
export const give = (world: MeshWorld, number: number, bytes: Uint8Array): void =>
  world.step(world.device(number), { type: 'evidence', bytes });
