import { type Agenda, deviceThread } from '../agenda/index.ts';

/** What happens when its time has come. */
type Happening = () => void | Promise<void>;

/** What a device does after a while. When its program starts or ends, all that was begun before is forgotten. */
export class DeviceTimers {
  readonly #number: number;
  readonly #agendaOf: () => Agenda;
  /** Counts the starts and ends. */
  #spell = 0;
  #tick = 0;
  /** Writes and reads since the last start that have not come to their end. */
  #atWork = 0;

  constructor(number: number, agendaOf: () => Agenda) {
    this.#number = number;
    this.#agendaOf = agendaOf;
  }

  /** The program starts. */
  begin(): void {
    this.#spell += 1;
    this.#atWork = 0;
  }

  /** The program has ended. */
  end(): void {
    this.#spell += 1;
  }

  /** The same happening, unless the program starts or ends before it. */
  unlessForgotten(then: Happening): Happening {
    const spell = this.#spell;
    return () => (spell === this.#spell ? then() : undefined);
  }

  /** Does something after a while. */
  later(delayUs: number, then: Happening): void {
    this.#agendaOf().after(delayUs, this.unlessForgotten(then), deviceThread(this.#number));
  }

  /** Does something that takes a while of reading or writing. */
  work(delayUs: number, then: Happening): void {
    this.#atWork += 1;
    this.later(delayUs, () => {
      this.#atWork -= 1;
      return then();
    });
  }

  /** Whether it waits for its disk. */
  get isAtWork(): boolean {
    return this.#atWork > 0;
  }

  /** Ticks after a while; replaces the tick that was to come. */
  tick(delayUs: number, then: Happening): void {
    this.#tick += 1;
    const tick = this.#tick;
    this.later(delayUs, () => (tick === this.#tick ? then() : undefined));
  }
}
