import type { DeviceId } from '../../protocol/crypto/index.ts';
import type { Origin, PlacedEvent, Seq } from '../../protocol/event/index.ts';
import type { Invariant } from '../checks/index.ts';
import { expectedSwiftly } from '../oracle/index.ts';

/** Something that must never be. */
export interface Breach {
  readonly invariant: Invariant | 'L1' | 'error';
  readonly device: number;
  readonly message: string;
}

/** The device that is looked at. */
interface LookedAt {
  readonly number: number;
  readonly signer: { readonly device: DeviceId };
}

/** What a set of applied events makes. */
interface Shown {
  readonly digest: string;
  readonly counts: string;
}

/** What is known of all that was found so far, on whatever path: who has written what, and what follows from it. */
export class Ledger {
  readonly #founding: PlacedEvent;
  readonly #records = new Set<string>();
  readonly #shown = new Map<string, Shown>();

  /** @param founding the first event of the space */
  constructor(founding: PlacedEvent) {
    this.#founding = founding;
  }

  /** Sets of applied events that were met. */
  get sets(): number {
    return this.#shown.size;
  }

  /** The author of a log writes a record. */
  write(origin: Origin, seq: Seq, record: Uint8Array): void {
    this.#records.add(recordKey(origin, seq, record));
  }

  /** Whether the author of a log has ever written that. */
  isWritten(origin: Origin, seq: Seq, record: Uint8Array): boolean {
    return this.#records.has(recordKey(origin, seq, record));
  }

  /** Looks at what a device shows of the events that it has applied (S1, S2): the oracle is asked once for each set. */
  look(device: LookedAt, applied: readonly PlacedEvent[], shown: Shown): Breach | undefined {
    const key = applied
      .map(({ id }) => id)
      .sort()
      .join(' ');
    const known = this.#shown.get(key);
    if (known === undefined) {
      this.#shown.set(key, shown);
      const { view } = expectedSwiftly(this.#founding, applied, {}, device.signer.device);
      const due = { digest: view.digest, counts: countsText(view.counts) };
      return isSame(shown, due) ? undefined : breach('S2', device.number, shown, due);
    }
    return isSame(shown, known) ? undefined : breach('S1', device.number, shown, known);
  }
}

/** Counts as a text that two of them can be compared by. */
export const countsText = (counts: object): string =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .sort()
    .join(', ');

const isSame = (a: Shown, b: Shown): boolean => a.digest === b.digest && a.counts === b.counts;

const breach = (invariant: 'S1' | 'S2', device: number, is: Shown, due: Shown): Breach => ({
  invariant,
  device,
  message: `shows ${is.digest} (${is.counts}) and not ${due.digest} (${due.counts})`,
});

const recordKey = (origin: Origin, seq: Seq, record: Uint8Array): string =>
  `${origin} ${seq} ${Buffer.from(record.buffer, record.byteOffset, record.byteLength).toString('latin1')}`;
