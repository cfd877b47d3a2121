import type { IsLost } from './losses.ts';
import { possessionsOf } from './missing.ts';
import type { Note } from './violation.ts';
import type { WatchedDevice } from './watched-device.ts';

/** That devices which can reach each other get on (L3), and are silent once they are equal (L2). */
export class Progress {
  readonly #note: Note;
  readonly #nowUs: () => number;
  #isQuiet = false;
  /** How much all of the core held together when it last gained something, and when that was. */
  #held = -1;
  #sinceUs = 0;

  constructor(nowUs: () => number, note: Note) {
    this.#nowUs = nowUs;
    this.#note = note;
  }

  quiet(isQuiet: boolean): void {
    this.#isQuiet = isQuiet;
  }

  /** Records are sent by a device. */
  payload(device: number, bytes: number): void {
    if (this.#isQuiet && bytes > 0)
      this.#note('L2', device, `sends ${bytes} bytes of records to one that has all`);
  }

  /** The core is not whole: it need not get on. */
  parted(): void {
    this.#held = -1;
  }

  /**
   * The devices of the core are up and connected. To be called now and then.
   * @param stallUs how long they may stand still while one of them lacks what another one holds
   * @returns how many events are missing, of all devices together
   */
  connected(core: readonly WatchedDevice[], stallUs: number, isLost: IsLost): number {
    const { missing, held, worst } = missingIn(core, isLost);
    const nowUs = this.#nowUs();
    if (this.#held !== held || missing === 0) {
      this.#held = held;
      this.#sinceUs = nowUs;
    } else if (nowUs - this.#sinceUs > stallUs && worst !== undefined) {
      this.#note(
        'L3',
        worst,
        `${missing} events are missing, and nobody has got any for ${nowUs - this.#sinceUs} us`,
      );
      this.#sinceUs = nowUs;
    }
    return missing;
  }
}

/** What devices lack of what another one holds; what they hold that others wrote; and who lacks the most. */
const missingIn = (core: readonly WatchedDevice[], isLost: IsLost) => {
  let [missing, held, most] = [0, 0, 0];
  let worst: number | undefined;
  for (const possession of possessionsOf(core, isLost)) {
    missing += possession.missing;
    // What a device writes itself is no progress.
    held += possession.heldOfOthers;
    if (possession.missing > most) [most, worst] = [possession.missing, possession.number];
  }
  return { missing, held, worst };
};
