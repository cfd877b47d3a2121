import type { Agenda } from '../agenda/index.ts';

/** That frames could go from one device to another on a session. Times are virtual microseconds. */
export interface Passage {
  readonly from: number;
  readonly to: number;
  /** When they could set out: from then, up to then. */
  readonly fromUs: number;
  readonly toUs: number;
  /** The end of the session: what had not arrived by then was lost. */
  readonly endsUs: number;
  /** Least time that a frame takes. */
  readonly minUs: number;
}

/** Keeps the passages of one direction of a link. */
export class Passages {
  readonly #agenda: Agenda;
  readonly #way: Pick<Passage, 'from' | 'to' | 'minUs'>;
  readonly #ended: Passage[] = [];
  /** Of the session that there is, those that are over. */
  #ofSession: { readonly fromUs: number; readonly toUs: number }[] = [];
  #sinceUs: number | undefined;

  constructor(agenda: Agenda, way: Pick<Passage, 'from' | 'to' | 'minUs'>) {
    this.#agenda = agenda;
    this.#way = way;
  }

  /** Frames can set out from now on, or no more. */
  open(isOpen: boolean): void {
    if (isOpen) this.#sinceUs ??= this.#agenda.nowUs;
    else if (this.#sinceUs !== undefined) {
      this.#ofSession.push({ fromUs: this.#sinceUs, toUs: this.#agenda.nowUs });
      this.#sinceUs = undefined;
    }
  }

  /** The session ends. */
  end(): void {
    this.open(false);
    this.#ended.push(...this.#current());
    this.#ofSession = [];
  }

  /** All so far; those of the session that there is, as if it ended now. */
  all(): readonly Passage[] {
    return [...this.#ended, ...this.#current()];
  }

  #current(): readonly Passage[] {
    const { nowUs } = this.#agenda;
    const running = this.#sinceUs === undefined ? [] : [{ fromUs: this.#sinceUs, toUs: nowUs }];
    return [...this.#ofSession, ...running].map((span) => ({ ...this.#way, ...span, endsUs: nowUs }));
  }
}
