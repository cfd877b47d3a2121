import type { EngineEffect } from '../../protocol/engine/index.ts';
import type { EventId } from '../../protocol/event/index.ts';

/** That an event can be seen on a device, from that moment on. Times are virtual microseconds. */
export interface Sighting {
  readonly event: EventId;
  /** The device that wrote it, and when that was told that it is safe. */
  readonly author: number;
  readonly authoredUs: number;
  readonly device: number;
  readonly visibleUs: number;
}

/** Notices when each event can first be seen on each device. What was never acknowledged has no time to begin with. */
export class Visibility {
  readonly #tell: (sighting: Sighting) => void;
  readonly #authored = new Map<EventId, Pick<Sighting, 'author' | 'authoredUs'>>();

  constructor(tell: (sighting: Sighting) => void) {
    this.#tell = tell;
  }

  effect(device: number, effect: EngineEffect, visibleUs: number): void {
    if (effect.type === 'appended') {
      for (const { id: event } of effect.events) {
        const authored = { author: device, authoredUs: visibleUs };
        this.#authored.set(event, authored);
        this.#tell({ event, ...authored, device, visibleUs });
      }
    } else if (effect.type === 'applied') {
      const { id: event } = effect.event;
      const authored = this.#authored.get(event);
      if (authored !== undefined && authored.author !== device)
        this.#tell({ event, ...authored, device, visibleUs });
    }
  }
}
