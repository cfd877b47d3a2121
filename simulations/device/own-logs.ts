import type { Engine, RetirementReason } from '../../protocol/engine/index.ts';
import type { Origin } from '../../protocol/event/index.ts';

/** What a device has noted of its own logs: as safe as its disk, and beside its stores. */
export interface OwnLogNotes {
  readonly main: Origin;
  readonly retired: ReadonlyMap<Origin, RetirementReason>;
}

/**
 * Which of its logs a device writes to, and whether it is certain of it: after a start it waits until another device
 * has told how far it knows them, and after a log was retired until the next one is noted.
 */
export class OwnLogs {
  #notes: OwnLogNotes;
  /** What somebody wants to append as soon as it is certain where. */
  #waiting: (() => void)[] = [];
  #isAsking = false;
  #isChanging = false;

  constructor(main: Origin) {
    this.#notes = { main, retired: new Map() };
  }

  get notes(): OwnLogNotes {
    return this.#notes;
  }

  /** Puts older notes in the place of these, as the restore of a backup does. */
  restore(notes: OwnLogNotes): void {
    this.#notes = notes;
  }

  /** A new run begins: what was to be appended in the one before is forgotten. */
  begin(engine: Engine, self: Parameters<Engine['membership']['has']>[0]): void {
    const { membership } = engine;
    this.#waiting = [];
    this.#isChanging = false;
    this.#isAsking = membership.size - (membership.has(self) ? 1 : 0) > 0;
  }

  /** Nobody is waited for any longer. */
  stopAsking(): void {
    this.#isAsking = false;
    this.flush();
  }

  /** To be called after each step: the others may have answered. */
  look(engine: Engine): void {
    if (this.#isAsking && engine.ownLogsChecked) this.stopAsking();
  }

  /** A log is written to no more, which is not noted yet. If it is the main one, nothing is appended before it is. */
  retire(origin: Origin): void {
    if (origin === this.#notes.main) this.#isChanging = true;
  }

  /** That is noted, and which log is the main one from now on. */
  noted(retired: Origin, reason: RetirementReason, main: Origin): void {
    this.#notes = { main, retired: new Map(this.#notes.retired).set(retired, reason) };
    this.#isChanging = false;
  }

  /** Whether it is certain which log is written to. */
  get isCertain(): boolean {
    return !this.#isAsking && !this.#isChanging;
  }

  /** Appends now, or as soon as it is certain where. */
  append(write: () => void): void {
    if (this.isCertain) write();
    else this.#waiting.push(write);
  }

  /** Lets happen what has waited, if it is certain by now where. */
  flush(): void {
    if (!this.isCertain) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const write of waiting) write();
  }
}
