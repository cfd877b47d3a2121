import { possessionsOf } from '../checks/index.ts';
import type { SimDevice } from '../device/index.ts';

/** How a device stands at a moment. One that is down is not asked. */
export type DeviceSample =
  | { readonly device: number; readonly isUp: false }
  | {
      readonly device: number;
      readonly isUp: true;
      /** Events. */
      readonly held: number;
      readonly applied: number;
      /** Events that another device holds which is up. */
      readonly missing: number;
      /** Logs whose next event cannot be applied yet. */
      readonly waiting: number;
      readonly openConflicts: number;
      readonly closedConflicts: number;
    };

/** How all devices stand at a moment of virtual time. */
export interface Sample {
  readonly atUs: number;
  readonly devices: readonly DeviceSample[];
}

/** Takes samples every so often. It puts nothing on the agenda, so that a run goes the same whether it is sampled or not. */
export class Samples {
  readonly #everyUs: number;
  readonly #devices: readonly SimDevice[];
  readonly #tell: (sample: Sample) => void;
  #nextUs = 0;

  constructor(everyUs: number, devices: readonly SimDevice[], tell: (sample: Sample) => void) {
    this.#everyUs = everyUs;
    this.#devices = devices;
    this.#tell = tell;
  }

  /** To be called before anything happens at a time: until then all stays as it is. */
  before(timeUs: number): void {
    for (; this.#nextUs < timeUs; this.#nextUs += this.#everyUs) this.take(this.#nextUs);
  }

  take(atUs: number): void {
    const up = this.#devices.filter(({ isUp }) => isUp);
    const possessions = new Map(
      possessionsOf(
        up.map(({ number, identity, engine }) => ({ number, device: identity.signer.device, engine })),
      ).map((possession) => [possession.number, possession]),
    );
    this.#tell({
      atUs,
      devices: this.#devices.map((device): DeviceSample => {
        const possession = possessions.get(device.number);
        if (possession === undefined) return { device: device.number, isUp: false };
        const { held, missing } = possession;
        const { engine } = device;
        const { openConflicts, closedConflicts } = engine.replica.counts;
        const waiting = [...engine.waiting()].length;
        const applied = engine.replica.appliedCount;
        return {
          device: device.number,
          isUp: true,
          held,
          applied,
          missing,
          waiting,
          openConflicts,
          closedConflicts,
        };
      }),
    });
  }
}
