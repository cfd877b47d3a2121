import type { DrawStream, Draws } from '../draws/index.ts';
import { DECEITS, type Deceit } from '../plan/index.ts';

/** Deceits that a device can have streams of draws for. */
const STREAMS = 64;

/** Whether a device deceives now, and how. Each deceit has draws of its own, and makes none while it rests. */
export class Luck {
  readonly #streams: ReadonlyMap<Deceit, DrawStream>;
  readonly #ppm = new Map<Deceit, number>();

  constructor(draws: Draws, device: number) {
    this.#streams = new Map(
      DECEITS.map((deceit, i) => [deceit, draws.stream('byzantine', device * STREAMS + i)]),
    );
  }

  begin(deceit: Deceit, ppm: number): void {
    this.#ppm.set(deceit, ppm);
  }

  end(deceit: Deceit): void {
    this.#ppm.delete(deceit);
  }

  /** The draws of a deceit, if it is to be done now. */
  of(deceit: Deceit): DrawStream | undefined {
    const [stream, ppm] = [this.#streams.get(deceit), this.#ppm.get(deceit)];
    return ppm !== undefined && stream?.chance(ppm) ? stream : undefined;
  }
}
