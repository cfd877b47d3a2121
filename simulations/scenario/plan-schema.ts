import * as v from 'valibot';
import { isJsonObject, type JsonObject } from '../../protocol/bytes/index.ts';
import type { EventSource } from '../../protocol/event/index.ts';
import { DECEITS, DISK_ILLS, GOALS } from '../plan/index.ts';
import { role } from './device-schema.ts';
import { historySteps, tree } from './history-schema.ts';
import { flag, object, oneOf, text, whole } from './parts.ts';
import { planTies } from './tie-schema.ts';

const FAR = Number.MAX_SAFE_INTEGER;

const us = whole(0, FAR);
const device = whole(0, 1_000_000);
const pair = { from: device, to: device };
const word = whole(0, 2 ** 32 - 1);
const ppm = whole(0, 1_000_000);

const draft = object({
  type: text('the type of an event'),
  entityId: text('the name of an entity'),
  payload: v.custom<JsonObject>(isJsonObject, 'an object'),
  actor: v.exactOptional(text('who acted')),
  source: v.exactOptional(
    v.custom<EventSource>(
      (value) => isJsonObject(value) && typeof value.id === 'string',
      'an object with an id',
    ),
  ),
});

/** Objects that differ by their `type`. */
const types = <const Options extends v.VariantOptions<'type'>>(options: Options) =>
  v.variant('type', options, 'an object with a type that is known here');

const operation = types([
  object({ atUs: us, device, type: v.literal('write'), drafts: v.array(draft, 'a list of events') }),
  object({ atUs: us, device, type: v.literal('seal') }),
  object({ atUs: us, device, type: v.literal('resolve'), choice: word }),
  object({ atUs: us, device, type: v.literal('revoke'), target: device }),
  object({ atUs: us, device, type: v.literal('role'), target: device, role }),
  ...historySteps({ atUs: us, device }, draft),
]);

const fault = types([
  object({ atUs: us, type: v.picklist(['block', 'unblock', 'clog', 'unclog']), ...pair }),
  object({ atUs: us, type: v.literal('scramble'), ...pair, lostPpm: ppm, twicePpm: ppm }),
  object({ atUs: us, type: v.literal('unscramble'), ...pair }),
  object({ atUs: us, type: v.literal('reset'), a: device, b: device }),
  object({ atUs: us, type: v.literal('crash'), device, torn: v.exactOptional(flag) }),
  object({ atUs: us, type: v.picklist(['start', 'backup', 'restore', 'wipe', 'clone']), device }),
  object({ atUs: us, type: v.literal('ail'), device, ill: oneOf(DISK_ILLS), ppm }),
  object({ atUs: us, type: v.literal('recover'), device, ill: oneOf(DISK_ILLS) }),
  object({ atUs: us, type: v.literal('deceive'), device, deceit: oneOf(DECEITS), ppm }),
  object({ atUs: us, type: v.literal('behave'), device, deceit: oneOf(DECEITS) }),
  object({ atUs: us, type: v.literal('fork'), device, drafts: v.array(draft, 'a list of events') }),
  object({ atUs: us, type: v.literal('usurp'), device, target: device }),
  object({
    atUs: us,
    type: v.literal('codec'),
    device,
    codec: whole(1, 255),
    drafts: v.array(draft, 'a list of events'),
  }),
  object({ atUs: us, type: v.literal('rot'), device, choice: word }),
  object({ atUs: us, type: v.literal('clock'), device, stepMs: whole(-FAR, FAR) }),
]);

const bounds = v.exactOptional(
  object({ min: v.exactOptional(whole(0, FAR)), max: v.exactOptional(whole(0, FAR)) }),
);

/** A plan as it is saved. */
export const planSchema = object({
  name: text('the name of a scenario'),
  about: v.string('a text'),
  seed: v.pipe(
    v.string('a seed of 64 bits as a text of decimal digits'),
    v.regex(/^(0|[1-9][0-9]{0,19})$/, 'a seed of 64 bits as a text of decimal digits'),
    v.check((seed) => BigInt(seed) < 2n ** 64n, 'a seed of 64 bits as a text of decimal digits'),
  ),
  devices: v.pipe(
    v.array(
      object({
        role,
        clockAheadMs: whole(-FAR, FAR),
        clockDriftPpm: whole(-1_000_000, 1_000_000),
        readUs: us,
        syncUs: us,
        cloneOf: v.exactOptional(device),
      }),
      'a list of devices',
    ),
    v.minLength(1, 'a list of devices'),
  ),
  links: v.array(
    object({
      a: device,
      b: device,
      minUs: us,
      meanExtraUs: us,
      bytesPerSecond: whole(1, FAR),
      lossPpm: whole(0, 999_999),
    }),
    'a list of links',
  ),
  founding: v.exactOptional(v.literal('before', 'before')),
  ties: v.exactOptional(planTies),
  phases: object({ setupUs: us, chaosUs: us, healUs: us, quietUs: us }),
  operations: v.array(operation, 'a list of operations'),
  faults: v.array(fault, 'a list of faults'),
  goals: v.array(oneOf(GOALS), 'a list of goals'),
  core: v.exactOptional(v.array(device, 'a list of devices')),
  expected: v.exactOptional(
    object({
      openConflicts: bounds,
      closedConflicts: bounds,
      excludedEvents: bounds,
      forks: bounds,
      lastWord: v.exactOptional(flag),
    }),
  ),
  tree: v.exactOptional(tree),
});
