import { CORE_TYPE, type EventDraft } from '../../protocol/event/index.ts';
import type { DrawStream } from '../draws/index.ts';
import { drawIn, drawSome } from './chance.ts';
import { sharedEntity } from './drafts.ts';
import type { Scenario } from './scenario-schema.ts';
import { type Chance, pickedDevices, type Scene } from './scene.ts';
import type { Span } from './spans.ts';

type Adversity = Scenario['faults'][number] & {
  readonly kind: 'disk' | 'clone' | 'deceive' | 'fork' | 'usurp' | 'codec';
};

/** Of the shared entities, so many are what is forged about. */
const ENTITIES = 3;

/** Puts down what an ill disk, a copied one, or a device that means no good does. */
export const expandAdversity = (fault: Adversity, span: Span, { stream }: Chance, scene: Scene): void => {
  const atUs = span.fromUs;
  switch (fault.kind) {
    case 'disk':
      for (const device of pickedDevices(fault, stream, scene)) {
        const ppm = fault.ill === 'full' || fault.ill === 'lie' ? 1_000_000 : fault.permille * 1_000;
        scene.spans.add({ type: 'ail', device, ill: fault.ill, ppm }, span);
      }
      break;
    case 'clone': {
      const { devices } = scene.roster;
      const clones = scene.roster
        .select(fault.devices)
        .filter((device) => devices[device]?.cloneOf !== undefined);
      for (const device of drawSome(stream, clones, fault.pick))
        scene.faults.push({ atUs, type: 'clone', device });
      break;
    }
    case 'deceive': {
      const lasts = fault.permanent ? { ...span, toUs: Number.POSITIVE_INFINITY } : span;
      for (const device of pickedDevices({ ...fault, permanent: true }, stream, scene)) {
        for (const deceit of fault.how)
          scene.spans.add({ type: 'deceive', device, deceit, ppm: fault.permille * 1_000 }, lasts);
      }
      break;
    }
    case 'fork':
      for (const device of pickedDevices({ ...fault, permanent: true }, stream, scene)) {
        const backupUs = Math.max(atUs - drawIn(stream, fault.age), scene.chaos.fromUs);
        const drafts = draftsOf(fault.events, `device ${device} at ${atUs} otherwise`, stream);
        scene.faults.push({ atUs: backupUs, type: 'backup', device }, { atUs, type: 'fork', device, drafts });
      }
      break;
    case 'usurp':
      for (const device of pickedDevices({ ...fault, permanent: true }, stream, scene)) {
        const target = stream.pick(scene.roster.select(fault.target).filter((other) => other !== device));
        if (target !== undefined) scene.faults.push({ atUs, type: 'usurp', device, target });
      }
      break;
    case 'codec':
      for (const device of pickedDevices({ ...fault, permanent: true }, stream, scene)) {
        const codec = fault.codec ?? stream.between(1, 255);
        const drafts = draftsOf(fault.events, `device ${device} at ${atUs} in codec ${codec}`, stream);
        scene.faults.push({ atUs, type: 'codec', device, codec, drafts });
      }
      break;
  }
};

/** Writes to shared entities, each of its own value. */
const draftsOf = (count: number, value: string, stream: DrawStream): readonly EventDraft[] =>
  Array.from({ length: count }, (_, i) => ({
    type: CORE_TYPE.stateUpdated,
    entityId: sharedEntity(1 + stream.below(ENTITIES)),
    payload: { 'field-1': `${value} ${i + 1}` },
  }));
