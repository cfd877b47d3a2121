import type { DrawStream } from '../draws/index.ts';
import { drawIn } from './chance.ts';
import type { Range } from './duration.ts';

interface Turn {
  readonly device: number;
  left: number;
}

/** Who writes what of each chain of a history: a device writes some of it, then another one takes over. */
export class ChainDeal {
  readonly #writers: readonly number[];
  readonly #stream: DrawStream;
  readonly #turn: Range | undefined;
  readonly #turns = new Map<number, Turn>();

  /** @param turn steps that a device writes before another takes over; without it, all of the chain */
  constructor(writers: readonly number[], stream: DrawStream, turn?: Range) {
    this.#writers = writers;
    this.#stream = stream;
    this.#turn = turn;
  }

  /** The device that writes the next step of a chain. */
  next(chain: number): number {
    let turn = this.#turns.get(chain);
    if (turn === undefined || turn.left === 0) {
      turn = this.#take(turn?.device);
      this.#turns.set(chain, turn);
    }
    turn.left -= 1;
    return turn.device;
  }

  /** @param before whose turn it was, and is not again if there is anybody else */
  #take(before: number | undefined): Turn {
    const others = this.#writers.filter((device) => device !== before);
    const device = this.#stream.pick(others.length > 0 ? others : this.#writers) ?? 0;
    const left = this.#turn === undefined ? Number.POSITIVE_INFINITY : drawIn(this.#stream, this.#turn);
    return { device, left };
  }
}
