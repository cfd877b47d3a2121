import type { DeviceId } from '../../protocol/crypto/index.ts';
import type { FileAddressBook } from './address-book.ts';
import type { EngineHost } from './engine-host.ts';
import type { Recovery } from './recovery.ts';

/** What it takes to get members back. */
export interface LostMembersParts {
  readonly recovery: Recovery;
  readonly addressBook: Pick<FileAddressBook, 'devices'>;
  /** One line for people. */
  readonly log: (line: string) => void;
}

/**
 * Where a record cannot be read, what follows in its log may say who is a member. Then those that were met before, and are
 * not known, may bring it back: a {@link Recovery} that lasts until nothing is left to come from one of the others.
 */
export class LostMembers {
  readonly #host: EngineHost;
  readonly #parts: LostMembersParts;

  constructor(host: EngineHost, parts: LostMembersParts) {
    this.#host = host;
    this.#parts = parts;
  }

  /** Begins a recovery where one is needed. To be called once the state is whole. */
  seek(): void {
    if (!this.#isCutShort()) return;
    const { recovery, addressBook, log } = this.#parts;
    const { membership } = this.#host.engine;
    const isUnknown = (device: DeviceId): boolean =>
      !membership.has(device) && !membership.former.has(device);
    const unknown = addressBook.devices().filter(isUnknown);
    if (unknown.length === 0) return;
    recovery.beginNow(unknown);
    log(
      `cannot read all records, and so not all that says who is a member; looks for those that were met before: ${unknown.join(', ')}`,
    );
  }

  /**
   * Ends the recovery that is under way, if there is one, as soon as it is over.
   * @param ended called then: who may connect is another question now
   */
  endWhenGiven(signal: AbortSignal, ended: () => void): void {
    const { recovery } = this.#parts;
    if (!recovery.isUnderWay) return;
    const { engine } = this.#host;
    const isOver = () => !this.#isCutShort() && [...engine.peers()].some(({ behind }) => behind === 0);
    this.#host
      .until(isOver, signal)
      .then(() => recovery.end())
      .then(ended, () => undefined);
  }

  /** Whether a log waits for a record that is stored and cannot be read. */
  #isCutShort(): boolean {
    return [...this.#host.engine.waiting()].some(({ reason }) => reason === 'damaged');
  }
}
