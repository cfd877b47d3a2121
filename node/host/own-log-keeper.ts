import type { RetirementReason } from '../../protocol/engine/index.ts';
import type { Origin } from '../../protocol/event/index.ts';
import type { LogNotes } from '../home/index.ts';

/** Where it is noted which logs the device writes to. */
export type OwnLogNotes = Pick<LogNotes, 'main' | 'retired' | 'retire'>;

/**
 * Sees to it that nothing is appended while it is not certain which log this device may write to: while another
 * takes the place of one that is retired, and while others are asked how far they know its logs.
 */
export class OwnLogKeeper {
  readonly #notes: OwnLogNotes;
  #certain: Promise<unknown> = Promise.resolve();
  #waitingFor = 0;

  constructor(notes: OwnLogNotes) {
    this.#notes = notes;
  }

  /** Resolves as soon as something can be appended; undefined when it can be already. */
  ready(): Promise<void> | undefined {
    return this.#waitingFor === 0 ? undefined : this.#settled();
  }

  /** Lets what is to be appended wait for a look that is never refused, and may come to nothing. */
  waitFor(look: Promise<unknown>): void {
    this.#waitingFor += 1;
    this.#certain = Promise.allSettled([this.#certain, look]).then(() => {
      this.#waitingFor -= 1;
    });
  }

  /**
   * Notes that a log is written to no more.
   * @param isMain whether the device has written to it by default
   * @param goOn is told which log the device goes on in, once that is on the disk
   */
  async retire(
    origin: Origin,
    reason: RetirementReason,
    isMain: boolean,
    goOn: (main: Origin) => void,
  ): Promise<void> {
    const noted = this.#notes.retire(origin, reason).then(() => {
      if (isMain) goOn(this.#notes.main);
    });
    if (isMain) this.waitFor(noted);
    await noted;
  }

  async #settled(): Promise<void> {
    while (this.#waitingFor > 0) await this.#certain;
  }
}
