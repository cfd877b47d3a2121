import type { Concern, DrawStream, Draws } from '../draws/index.ts';
import type { Fault, Operation } from '../plan/index.ts';
import { drawIn, drawsOf } from './chance.ts';
import { expandAdversity } from './expand-adversity.ts';
import { expandLinkFault } from './expand-link-faults.ts';
import { occurrencesOf } from './occurrences.ts';
import type { Scenario } from './scenario-schema.ts';
import { type Chance, pickedDevices, type Scene } from './scene.ts';
import { type Span, Spans } from './spans.ts';

type ScenarioFault = Scenario['faults'][number];

/** What the faults of a scenario come to: what goes wrong, and what people do. */
export interface ExpandedFaults {
  readonly faults: readonly Fault[];
  readonly operations: readonly Operation[];
}

/** What decides on each kind of fault. */
const CONCERNS: Readonly<Record<ScenarioFault['kind'], Concern>> = {
  partition: 'topology',
  isolate: 'topology',
  'one-way': 'topology',
  clog: 'topology',
  flap: 'topology',
  reset: 'topology',
  scramble: 'topology',
  crash: 'churn',
  churn: 'churn',
  wipe: 'disk',
  restore: 'disk',
  rot: 'disk',
  disk: 'disk',
  clone: 'disk',
  clock: 'clock',
  deceive: 'byzantine',
  fork: 'byzantine',
  usurp: 'byzantine',
  codec: 'byzantine',
  revoke: 'workload',
  role: 'workload',
};

/** Decides on all faults of a scenario. Each draws from streams of its own, which follow from its name. */
export const expandFaults = (
  { faults }: Scenario,
  base: Omit<Scene, 'spans' | 'faults' | 'operations'>,
  draws: Draws,
): ExpandedFaults => {
  const scene: Scene = { ...base, spans: new Spans(), faults: [], operations: [] };
  const counts = new Map<string, number>();
  for (const fault of faults) {
    const number = (counts.get(fault.kind) ?? 0) + 1;
    counts.set(fault.kind, number);
    if (fault.off) continue;
    const concern = CONCERNS[fault.kind];
    const name = fault.name === undefined ? `fault ${fault.kind} ${number}` : `fault named ${fault.name}`;
    for (const [i, span] of occurrencesOf(fault, scene.chaos, drawsOf(draws, concern, name)).entries()) {
      const partOf = (part: string) => drawsOf(draws, concern, `${name} time ${i} ${part}`);
      expandFault(fault, span, { stream: partOf(''), partOf }, scene);
    }
  }
  return { faults: [...scene.faults, ...scene.spans.faults()], operations: scene.operations };
};

const expandFault = (fault: ScenarioFault, span: Span, chance: Chance, scene: Scene): void => {
  const { stream } = chance;
  const atUs = span.fromUs;
  switch (fault.kind) {
    case 'crash':
    case 'wipe':
      for (const device of pickedDevices(fault, stream, scene)) {
        const upUs = Math.min(atUs + drawIn(stream, fault.down), scene.chaos.toUs);
        const toUs = fault.kind === 'crash' && fault.permanent ? Number.POSITIVE_INFINITY : upUs;
        const isTorn = fault.kind === 'crash' && fault.torn;
        scene.spans.add({ type: fault.kind, device, ...(isTorn && { torn: true }) }, { fromUs: atUs, toUs });
      }
      break;
    case 'disk':
    case 'clone':
    case 'deceive':
    case 'fork':
    case 'usurp':
    case 'codec':
      expandAdversity(fault, span, chance, scene);
      break;
    case 'churn':
      for (const device of pickedDevices(fault, stream, scene))
        churn(device, fault, span, chance.partOf(`device ${device}`), scene);
      break;
    case 'restore':
      for (const device of pickedDevices(fault, stream, scene)) {
        const backupUs = Math.max(atUs - drawIn(stream, fault.age), scene.chaos.fromUs);
        scene.faults.push({ atUs: backupUs, type: 'backup', device }, { atUs, type: 'restore', device });
      }
      break;
    case 'rot':
      for (const device of pickedDevices(fault, stream, scene))
        scene.faults.push({ atUs, type: 'rot', device, choice: stream.word() });
      break;
    case 'clock':
      for (const device of pickedDevices(fault, stream, scene)) {
        const stepMs = Math.trunc(drawIn(stream, fault.step) / 1_000) + 0;
        scene.faults.push({ atUs, type: 'clock', device, stepMs });
      }
      break;
    case 'revoke':
    case 'role': {
      const device = stream.pick(scene.roster.select(fault.by));
      const target = stream.pick(scene.roster.select(fault.target).filter((other) => other !== device));
      if (device === undefined || target === undefined) return;
      if (fault.kind === 'revoke') scene.operations.push({ atUs, device, type: 'revoke', target });
      else scene.operations.push({ atUs, device, type: 'role', target, role: fault.role });
      break;
    }
    default:
      expandLinkFault(fault, span, chance, scene);
  }
};

/** A device runs and is down by turns, for times that are exponentially distributed. */
const churn = (
  device: number,
  { up, down }: ScenarioFault & { readonly kind: 'churn' },
  { fromUs, toUs }: Span,
  stream: DrawStream,
  { spans }: Scene,
): void => {
  for (let atUs = fromUs; ; ) {
    const downUs = atUs + stream.exponential(up);
    // Down for a microsecond at least, so that time goes on.
    const upUs = downUs + Math.max(1, stream.exponential(down));
    if (downUs >= toUs) return;
    spans.add({ type: 'crash', device }, { fromUs: downUs, toUs: Math.min(upUs, toUs) });
    atUs = upUs;
  }
};
