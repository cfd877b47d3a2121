import * as v from 'valibot';
import { GOALS } from '../plan/index.ts';
import { deviceEntries, groups, links, peers, phases, topology } from './device-schema.ts';
import { fault } from './fault-schema.ts';
import { devices, flag, name, object, oneOf, text, whole } from './parts.ts';
import { sweepEntries } from './sweep-schema.ts';
import { ties } from './tie-schema.ts';
import { workload } from './workload-schema.ts';

const bounds = object({
  min: v.exactOptional(whole(0, Number.MAX_SAFE_INTEGER)),
  max: v.exactOptional(whole(0, Number.MAX_SAFE_INTEGER)),
});

/** What a scenario file may hold. Every part says what it expects and, for editors, what it means. */
export const scenarioSchema = object({
  name: v.pipe(name, v.description('As the file is named.')),
  about: v.pipe(
    v.optional(text('a text, which says what the scenario hunts'), 'No word on what it hunts.'),
    v.description('What the scenario hunts, in a sentence.'),
  ),
  peers: v.exactOptional(peers),
  groups: v.exactOptional(groups),
  ...deviceEntries,
  topology: v.optional(topology, 'full'),
  links: v.optional(links, {}),
  phases: v.optional(phases, {}),
  founding: v.pipe(
    v.optional(v.picklist(['live', 'before'], 'live or before'), 'live'),
    v.description(
      'How devices become members: word of it goes through the mesh in the setup, or all begin with it on their disks, ' +
        'which takes far less time where there are thousands.',
    ),
  ),
  ties: v.optional(ties, 'random'),
  workload: v.optional(workload, {}),
  faults: v.pipe(
    v.optional(v.array(fault, 'a list of faults'), []),
    v.description('What goes wrong. Times count from the beginning of the chaos.'),
  ),
  outside: v.pipe(
    v.exactOptional(devices),
    v.description('Devices that need not be equal to the others in the end.'),
  ),
  sometimes: v.pipe(
    v.optional(v.array(oneOf(GOALS), 'a list of goals'), []),
    v.description('What must have happened for a run to mean anything.'),
  ),
  assert: v.pipe(
    v.optional(
      object({
        openConflicts: v.exactOptional(bounds),
        closedConflicts: v.exactOptional(bounds),
        excludedEvents: v.exactOptional(bounds),
        forks: v.exactOptional(bounds),
        lastWord: v.pipe(
          v.exactOptional(flag),
          v.description(
            'Whether each device that may write does so once more, which must come to all others.',
          ),
        ),
      }),
      {},
    ),
    v.description('What must be so in the end, and how many of these there must be.'),
  ),
  ...sweepEntries,
});

/** What is written in a scenario: with texts for times, and without what has a default. */
export type ScenarioInput = v.InferInput<typeof scenarioSchema>;

/** A scenario that is checked, with all defaults, and with times in microseconds. */
export type Scenario = Frozen<v.InferOutput<typeof scenarioSchema>>;

/** Nothing of it can be changed. */
export type Frozen<Value> = Value extends readonly (infer Item)[]
  ? readonly Frozen<Item>[]
  : Value extends object
    ? { readonly [Key in keyof Value]: Frozen<Value[Key]> }
    : Value;
