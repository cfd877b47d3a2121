import { stringify } from 'yaml';
import { isJsonObject } from '../../protocol/bytes/index.ts';
import { checkBody } from '../../protocol/event/index.ts';
import { DEVICE_KEYS, type Plan } from '../plan/index.ts';
import { checkHistory } from './check-history.ts';
import { type Mistake, mistaken, type Path } from './mistakes.ts';
import { planSchema } from './plan-schema.ts';
import { shape } from './shape.ts';
import { readYaml } from './yaml-source.ts';

/** Lists that are written with one item a line, so that plans can be compared and cut down line by line. */
const LISTS = ['devices', 'links', 'operations', 'faults', 'tree'] as const;

/** A plan as YAML. Equal plans have equal texts. */
export const encodePlan = (plan: Plan): string => {
  const { name, about, seed, founding, ties, phases, goals, core, expected } = plan;
  const head = { name, about, seed, founding, ties, phases, goals, core, expected };
  const lists = LISTS.map((list) => {
    const items: readonly unknown[] | undefined = plan[list];
    if (items === undefined) return '';
    // JSON is YAML, and a line of it far faster to write and to read than blocks.
    return items.length === 0
      ? `${list}: []\n`
      : `${list}:\n${items.map((item) => `  - ${JSON.stringify(item)}\n`).join('')}`;
  });
  return stringify(head, { lineWidth: 0, keepUndefined: false }) + lists.join('');
};

/**
 * Reads what {@link encodePlan} has written, or a person has changed since.
 *
 * @throws SmoError `plan_invalid`, whose message names every mistake with its line and column
 */
export const decodePlan = (text: string, file: string): Plan => {
  const shaped = shape(planSchema, readLines(text) ?? readYaml(text).value);
  const mistakes = shaped.mistakes ?? checkPlan(shaped.value);
  if (shaped.mistakes === undefined && mistakes.length === 0) return shaped.value;
  const source = readYaml(text);
  throw mistaken(
    'plan_invalid',
    file,
    source.mistakes.length > 0 ? source.mistakes : mistakes,
    source.positionOf,
  );
};

/**
 * The value of a text whose lists have one item of JSON a line, which takes a fraction of the time that all YAML
 * takes; undefined where it is of another form.
 */
const readLines = (text: string): unknown => {
  const head: string[] = [];
  const lists = new Map<string, unknown[]>();
  let list: unknown[] | undefined;
  for (const row of text.split('\n')) {
    const item = row.startsWith('  - {') ? parsed(row.slice(4)) : undefined;
    if (list !== undefined && item !== undefined) {
      list.push(item);
      continue;
    }
    // An item of another form, or one that follows something else than items.
    if (item !== undefined || (list !== undefined && row.startsWith(' '))) return undefined;
    const name = LISTS.find((one) => row === `${one}:`);
    list = name === undefined || lists.has(name) ? undefined : [];
    if (name !== undefined && list !== undefined) lists.set(name, list);
    else head.push(row);
  }
  const { value, mistakes } = readYaml(head.join('\n'));
  const isWhole =
    mistakes.length === 0 && isJsonObject(value) && [...lists.keys()].every((name) => !(name in value));
  return isWhole ? { ...value, ...Object.fromEntries(lists) } : undefined;
};

const parsed = (json: string): unknown => {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
};

/** What the shape of a plan does not tell. */
const checkPlan = (plan: Plan): readonly Mistake[] => [
  ...checkDevices(plan),
  ...checkOrder('operations', plan.operations),
  ...checkOrder('faults', plan.faults),
  ...checkPhases(plan),
  ...checkDrafts(plan),
  ...checkHistory(plan),
];

const checkDevices = (plan: Plan): readonly Mistake[] => {
  const last = plan.devices.length - 1;
  const mistakes: Mistake[] = [];
  const check = (path: Path, device: number | undefined): void => {
    if (device === undefined || device <= last) return;
    mistakes.push({ path, message: `found ${device}, expected the number of a device, up to ${last}` });
  };
  for (const list of ['links', 'operations', 'faults'] as const) {
    for (const [i, item] of plan[list].entries())
      for (const key of DEVICE_KEYS[list])
        check([list, i, key], (item as unknown as Record<string, number>)[key]);
  }
  for (const [i, { cloneOf }] of plan.devices.entries()) check(['devices', i, 'cloneOf'], cloneOf);
  for (const [i, device] of (plan.core ?? []).entries()) check(['core', i], device);
  return mistakes;
};

const checkOrder = (list: string, items: readonly { readonly atUs: number }[]): readonly Mistake[] =>
  items.flatMap(({ atUs }, i) => {
    const before = items[i - 1]?.atUs ?? 0;
    const message = `found ${atUs}, expected a time from that of the one before on, ${before}`;
    return atUs >= before ? [] : [{ path: [list, i, 'atUs'], message }];
  });

const checkPhases = ({ phases: { setupUs, chaosUs, healUs } }: Plan): readonly Mistake[] => {
  const check = (name: string, endUs: number, beginUs: number): readonly Mistake[] => {
    const message = `found ${endUs}, expected a time from the end of the phase before on, ${beginUs}`;
    return endUs >= beginUs ? [] : [{ path: ['phases', name], message }];
  };
  return [...check('chaosUs', chaosUs, setupUs), ...check('healUs', healUs, chaosUs)];
};

/** Nothing may be written that a device would refuse to write. */
const checkDrafts = (plan: Plan): readonly Mistake[] =>
  (['operations', 'faults'] as const).flatMap((list) =>
    plan[list].flatMap((item, i) => {
      if (!('drafts' in item)) return [];
      return item.drafts.flatMap((draft, j) => {
        const verdict = checkBody({ ...draft, timestamp: 0 });
        const path = [list, i, 'drafts', j];
        return verdict.ok ? [] : [{ path, message: `found an event that is none: ${verdict.fault.message}` }];
      });
    }),
  );
