import type { DeviceId } from '../../protocol/crypto/index.ts';
import { ENGINE_LIMITS, type EngineEffect, type EngineInput } from '../../protocol/engine/index.ts';

/** What an engine may have asked for and not been answered: how much of it at a time, and of what. */
export interface TooMuch {
  readonly count: number;
  readonly max: number;
  readonly what: string;
}

/** What an engine has asked of its host that is not done: of each thing only so much at a time (S11). */
export class UnderWay {
  #commits = 0;
  #reads = 0;
  readonly #ranges = new Set<DeviceId>();
  readonly #answers = new Set<DeviceId>();

  /** A new engine waits for nothing. */
  opened(): void {
    this.#commits = 0;
    this.#reads = 0;
    this.#ranges.clear();
    this.#answers.clear();
  }

  /** Something is answered. What a session that is over has asked for need not be. */
  input(input: EngineInput): void {
    switch (input.type) {
      case 'committed':
        this.#commits -= 1;
        break;
      case 'records-read':
        this.#reads -= 1;
        break;
      case 'range-read':
        this.#ranges.delete(input.peer);
        break;
      case 'answer-read':
        this.#answers.delete(input.peer);
        break;
      case 'disconnected':
        this.#ranges.delete(input.peer);
        this.#answers.delete(input.peer);
        break;
    }
  }

  /** Something is asked for; undefined if there is room for it. */
  effect(effect: EngineEffect): TooMuch | undefined {
    switch (effect.type) {
      case 'commit':
        this.#commits += 1;
        return tooMuch(this.#commits, 1, 'commits at a time');
      case 'read-records':
        this.#reads += 1;
        return tooMuch(this.#reads, ENGINE_LIMITS.readsMax, 'reads of stored records at a time');
      case 'read-range':
        return taken(this.#ranges, effect.peer, 'reads of ranges for one peer at a time');
      case 'read-answer':
        return taken(this.#answers, effect.peer, 'reads of answers for one peer at a time');
      default:
        return undefined;
    }
  }
}

const taken = (peers: Set<DeviceId>, peer: DeviceId, what: string): TooMuch | undefined => {
  const count = peers.has(peer) ? 2 : 1;
  peers.add(peer);
  return tooMuch(count, 1, what);
};

const tooMuch = (count: number, max: number, what: string): TooMuch | undefined =>
  count > max ? { count, max, what } : undefined;
