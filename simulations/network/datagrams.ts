import type { DrawStream } from '../draws/index.ts';
import type { Goal, PlannedLink, Scramble } from '../plan/index.ts';

/** What becomes of frames that come as datagrams: each is lost, doubled and delayed by itself. */
export class Datagrams {
  readonly #link: PlannedLink;
  readonly #chance: DrawStream;
  readonly #showed: (goal: Goal) => void;
  /** When the last one so far arrives. */
  #lastUs = 0;

  constructor(link: PlannedLink, chance: DrawStream, showed: (goal: Goal) => void) {
    this.#link = link;
    this.#chance = chance;
    this.#showed = showed;
  }

  /** When a frame that leaves at a time arrives: once, twice or never. */
  arrivals({ lostPpm, twicePpm }: Scramble, leavesUs: number): readonly number[] {
    if (this.#chance.chance(lostPpm)) {
      this.#showed('frame-lost');
      return [];
    }
    if (!this.#chance.chance(twicePpm)) return [this.#arrivalUs(leavesUs)];
    this.#showed('frame-doubled');
    return [this.#arrivalUs(leavesUs), this.#arrivalUs(leavesUs)];
  }

  /** What was sent before is of another session. */
  reset(): void {
    this.#lastUs = 0;
  }

  #arrivalUs(leavesUs: number): number {
    const { minUs, meanExtraUs } = this.#link;
    const atUs = leavesUs + minUs + this.#chance.exponential(meanExtraUs);
    if (atUs < this.#lastUs) this.#showed('frame-overtaken');
    this.#lastUs = Math.max(this.#lastUs, atUs);
    return atUs;
  }
}
