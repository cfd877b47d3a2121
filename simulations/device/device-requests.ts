import type { DeviceId } from '../../protocol/crypto/index.ts';
import type { AppendEntry, EngineEffect, UntimedInput } from '../../protocol/engine/index.ts';
import type { EventDraft } from '../../protocol/event/index.ts';
import { SmoError } from '../../protocol/fault/index.ts';
import type { DeviceTimers } from './device-timers.ts';
import type { OwnLogs } from './own-logs.ts';

/** After so long somebody tries again whose device could not be written to because its state was being made anew. */
const TRY_AGAIN_US = 1_000_000;

/** The device whose engine is asked. */
export interface AskedDevice {
  readonly isUp: boolean;
  readonly ownLogs: OwnLogs;
  step(input: UntimedInput): readonly EngineEffect[];
}

/** What people, imports and the network ask of the engine of a device, each under a number of its own. */
export class DeviceRequests {
  readonly #device: AskedDevice;
  readonly #timers: DeviceTimers;
  #last = 0;

  constructor(device: AskedDevice, timers: DeviceTimers) {
    this.#device = device;
    this.#timers = timers;
  }

  /** Appends events as soon as it is certain to which log; a device that is down, or may not, does not. */
  write(drafts: readonly EventDraft[], timestamp?: number): void {
    this.#whenCertain((request) => {
      const { main: origin } = this.#device.ownLogs.notes;
      const entries = drafts.map((draft) => ({
        origin,
        draft,
        ...(timestamp !== undefined && { timestamp }),
      }));
      return { type: 'append', request, entries };
    });
  }

  seal(): void {
    this.#whenCertain((request) => ({ type: 'seal', request }));
  }

  /** Appends to logs of its own as an import does; false where it cannot do that now. */
  append(entries: readonly AppendEntry[]): boolean {
    const { isUp, ownLogs } = this.#device;
    if (!isUp || !ownLogs.isCertain) return false;
    try {
      this.#device.step({ type: 'append', request: this.#next(), entries });
      return true;
    } catch (error) {
      if (error instanceof SmoError) return false;
      throw error;
    }
  }

  /** A gossip message has come; whether it is passed on. */
  hear(peer: DeviceId, message: Uint8Array): boolean {
    const effects = this.#device.step({ type: 'gossip', request: this.#next(), peer, message });
    return effects.some((effect) => effect.type === 'gossip-verdict' && effect.verdict === 'accept');
  }

  #next(): number {
    this.#last += 1;
    return this.#last;
  }

  #whenCertain(input: (request: number) => UntimedInput): void {
    this.#device.ownLogs.append(() => {
      if (this.#device.isUp) this.#ask(input(this.#next()));
    });
  }

  #ask(input: UntimedInput): void {
    try {
      this.#device.step(input);
    } catch (error) {
      if (!(error instanceof SmoError)) throw error;
      // Who may not write, does not. A state that is being made anew is ready soon.
      if (error.code === 'rebuilding') this.#timers.later(TRY_AGAIN_US, () => this.#ask(input));
    }
  }
}
