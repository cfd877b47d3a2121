import type { Fault, Plan } from '../../../../simulations/plan/index.ts';

/** For each direction that is held up, each device that is down, each ill and each deceit: from when to when. */
export type States = ReadonlyMap<string, readonly (readonly [number, number])[]>;

const BEGINS: Readonly<Record<string, string>> = {
  block: 'block',
  clog: 'clog',
  crash: 'down',
  wipe: 'down',
  ail: 'ill',
  deceive: 'deceit',
};
const ENDS: Readonly<Record<string, string>> = {
  unblock: 'block',
  unclog: 'clog',
  start: 'down',
  recover: 'ill',
  behave: 'deceit',
};

/** Reads the states that a plan brings about, and throws where something begins or ends that does not. */
export const statesOf = ({ faults }: Pick<Plan, 'faults'>): States => {
  const states = new Map<string, [number, number][]>();
  const keyOf = (type: string, fault: Fault): string => {
    if ('from' in fault) return `${type} ${fault.from} ${fault.to}`;
    if (!('device' in fault)) return type;
    const what = 'ill' in fault ? fault.ill : 'deceit' in fault ? fault.deceit : '';
    return `${type} ${fault.device} ${what}`.trimEnd();
  };
  for (const fault of faults) {
    const [begin, end] = [BEGINS[fault.type], ENDS[fault.type]];
    if (begin !== undefined) {
      const spans = states.get(keyOf(begin, fault)) ?? [];
      const isOn = spans.at(-1)?.[1] === Number.POSITIVE_INFINITY;
      if (isOn && fault.type !== 'wipe')
        throw new Error(`${JSON.stringify(fault)} begins what lasts already`);
      if (!isOn) spans.push([fault.atUs, Number.POSITIVE_INFINITY]);
      states.set(keyOf(begin, fault), spans);
    }
    if (end !== undefined) {
      const last = states.get(keyOf(end, fault))?.at(-1);
      if (last?.[1] !== Number.POSITIVE_INFINITY) throw new Error(`${JSON.stringify(fault)} ends nothing`);
      last[1] = fault.atUs;
    }
  }
  return states;
};

/** What any of several plans brings about. */
export const unionOf = (all: readonly States[]): States => {
  const union = new Map<string, [number, number][]>();
  for (const key of new Set(all.flatMap((states) => [...states.keys()]))) {
    const spans = all.flatMap((states) => states.get(key) ?? []).toSorted(([a], [b]) => a - b);
    const merged: [number, number][] = [];
    for (const [from, to] of spans) {
      const last = merged.at(-1);
      if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
      else merged.push([from, to]);
    }
    union.set(key, merged);
  }
  return union;
};
