import type { Crypto } from '../../protocol/crypto/index.ts';
import type { KnownFork } from '../../protocol/engine/index.ts';
import { deviceOf } from '../../protocol/event/index.ts';
import { decodeEvidence, verifyEvidence } from '../../protocol/evidence/index.ts';
import type { SpaceId } from '../../protocol/manifest/index.ts';
import type { Histories } from './histories.ts';
import type { Note } from './violation.ts';
import type { WatchedDevice } from './watched-device.ts';

/** That what is said of forks is proved, of nobody who was honest, and the same everywhere (S10). */
export class ForkVerdicts {
  readonly #crypto: Crypto;
  readonly #space: SpaceId;
  readonly #histories: Histories;
  readonly #note: Note;
  readonly #suspects = new Set<string>();

  constructor(crypto: Crypto, space: SpaceId, histories: Histories, note: Note) {
    this.#crypto = crypto;
    this.#space = space;
    this.#histories = histories;
    this.#note = note;
  }

  /** The device may come to sign second histories of its logs. */
  suspect(device: string): void {
    this.#suspects.add(device);
  }

  /** A device says that a log is forked. */
  proved(number: number, { origin, seq, evidence }: KnownFork): void {
    this.#histories.doubt(this.#histories.log(origin));
    if (!this.#suspects.has(deviceOf(origin))) {
      this.#note(
        'S10',
        number,
        `says that ${origin} is forked at ${seq}, whose device has signed one history`,
      );
    }
    const decoded = decodeEvidence(evidence);
    const verdict = decoded.ok ? verifyEvidence(this.#crypto, this.#space, decoded.value) : decoded;
    if (!verdict.ok || verdict.value.origin !== origin || verdict.value.seq !== seq) {
      this.#note('S10', number, `says that ${origin} is forked at ${seq}, which its proof does not show`);
    }
  }

  /** Looks whether the proof of each fork that a device knows of is on its disk: it outlives a restart, and can be passed on. */
  async lookAtDisk({ engine, number, records }: WatchedDevice): Promise<void> {
    const stored = new Set((await records.evidence()).map(({ origin }) => origin));
    for (const { origin, seq } of engine.forks()) {
      if (!stored.has(origin))
        this.#note('S10', number, `knows that ${origin} is forked at ${seq}, and has not stored the proof`);
    }
  }

  /** Looks at devices that have told the same: they know the same forks. */
  compare(devices: readonly WatchedDevice[]): void {
    const told = new Map<string, { readonly number: number; readonly forks: string }>();
    for (const { engine, number } of devices) {
      const frontier = linesOf(engine.frontier(), ({ origin, seq, frozen }) => `${origin} ${seq} ${frozen}`);
      const forks = linesOf(engine.forks(), ({ origin, seq }) => `${origin} ${seq}`);
      for (const fork of engine.forks()) this.proved(number, fork);
      const first = told.get(frontier);
      if (first === undefined) told.set(frontier, { number, forks });
      else if (first.forks !== forks) {
        this.#note('S10', number, `knows the forks "${forks}", and device ${first.number} "${first.forks}"`);
      }
    }
  }
}

const linesOf = <T>(all: Iterable<T>, text: (item: T) => string): string =>
  [...all].map(text).sort().join(', ');
