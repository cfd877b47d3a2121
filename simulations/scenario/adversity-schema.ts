import * as v from 'valibot';
import { DECEITS, DISK_ILLS } from '../plan/index.ts';
import { lasting, momentary, permanent, picked } from './fault-parts.ts';
import { devices, durations, object, oneOf, whole } from './parts.ts';

/** Kinds of faults of disks, and of devices that mean no good. */
export const adversities = [
  object({
    kind: v.literal('disk'),
    ...lasting,
    ...picked(1),
    ill: v.pipe(
      oneOf(DISK_ILLS),
      v.description(
        'What the disk does: it is full, it fails to write or to read, or it lies when it says that writes are safe.',
      ),
    ),
    permille: v.pipe(
      v.optional(whole(1, 1_000), 100),
      v.description(
        'How many writes or reads out of a thousand fail; a full disk takes none, and one that lies always does.',
      ),
    ),
  }),
  object({ kind: v.literal('clone'), ...momentary, ...picked('all') }),
  object({
    kind: v.literal('deceive'),
    ...lasting,
    ...picked('all'),
    how: v.pipe(
      v.optional(v.array(oneOf(DECEITS), 'a list of deceits'), [...DECEITS]),
      v.description(
        'In which ways the devices deceive the others; all by default. Only devices that are "outside" do.',
      ),
    ),
    permille: v.pipe(
      v.optional(whole(1, 1_000), 100),
      v.description('How often, of a thousand times that they could.'),
    ),
    permanent,
  }),
  object({
    kind: v.literal('fork'),
    ...momentary,
    ...picked(1),
    age: v.pipe(v.optional(durations, '10s'), v.description('How long ago the second history begins.')),
    events: v.pipe(v.optional(whole(1, 1_000), 3), v.description('Events that only the second one has.')),
  }),
  object({
    kind: v.literal('usurp'),
    ...momentary,
    ...picked(1),
    target: v.pipe(v.optional(devices, 'founder'), v.description('Who is to be put out: one of these.')),
  }),
  object({
    kind: v.literal('codec'),
    ...momentary,
    ...picked(1),
    codec: v.pipe(
      v.optional(whole(1, 255)),
      v.description('The codec byte of a record that the device signs; by default any that is not known.'),
    ),
    events: v.pipe(
      v.optional(whole(1, 1_000), 2),
      v.description('Records that it signs; the last one has the codec.'),
    ),
  }),
] as const;
