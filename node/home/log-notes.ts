import type { RetirementReason } from '../../protocol/engine/index.ts';
import { makeOrigin, type Origin } from '../../protocol/event/index.ts';
import { type Home, newIncarnation, updateHome } from './home.ts';

/**
 * What a home knows of the device's own logs: which one it writes to by default, and which it never writes to
 * again, whatever has happened to its store. The notes are on the disk before anything relies on them.
 */
export class LogNotes {
  #home: Home;
  #last: Promise<unknown> = Promise.resolve();

  constructor(home: Home) {
    this.#home = home;
  }

  /** The log that the device writes to by default. */
  get main(): Origin {
    return makeOrigin(this.#home.key.signer.device, this.#home.file.incarnation);
  }

  /** Logs that are written to no more, and why. */
  get retired(): ReadonlyMap<Origin, RetirementReason> {
    return new Map(this.#home.file.retired?.map(({ origin, reason }) => [origin, reason]));
  }

  /**
   * Notes that a log is written to no more. If it was the main one, another takes its place, which nothing has been
   * written to.
   */
  async retire(origin: Origin, reason: RetirementReason): Promise<void> {
    const noted = this.#last.then(() => this.#retire(origin, reason));
    this.#last = noted.catch(() => undefined);
    await noted;
  }

  async #retire(origin: Origin, reason: RetirementReason): Promise<void> {
    if (this.retired.has(origin)) return;
    const { retired = [] } = this.#home.file;
    this.#home = await updateHome(this.#home, {
      retired: [...retired, { origin, reason }],
      ...(origin === this.main && { incarnation: newIncarnation() }),
    });
  }
}
