import { CORE_TYPE, type EventDraft } from '../../protocol/event/index.ts';
import { drawIn, drawSome } from './chance.ts';
import { sharedEntity } from './drafts.ts';
import type { Scenario } from './scenario-schema.ts';
import { type Chance, pickedDevices, type Scene } from './scene.ts';
import type { Span } from './spans.ts';

type Adversity = Scenario['faults'][number] & {
  readonly kind: 'disk' | 'clone' | 'deceive' | 'fork' | 'usurp';
};

/** Of the shared entities, so many are what a second history is about. */
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
        const drafts = Array.from({ length: fault.events }, (_, i): EventDraft => {
          const entityId = sharedEntity(1 + stream.below(ENTITIES));
          const payload = { 'field-1': `device ${device} at ${atUs} otherwise ${i + 1}` };
          return { type: CORE_TYPE.stateUpdated, entityId, payload };
        });
        scene.faults.push({ atUs: backupUs, type: 'backup', device }, { atUs, type: 'fork', device, drafts });
      }
      break;
    case 'usurp':
      for (const device of pickedDevices({ ...fault, permanent: true }, stream, scene)) {
        const target = stream.pick(scene.roster.select(fault.target).filter((other) => other !== device));
        if (target !== undefined) scene.faults.push({ atUs, type: 'usurp', device, target });
      }
      break;
  }
};
