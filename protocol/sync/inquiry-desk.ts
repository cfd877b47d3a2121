import type { Fault } from '../fault/index.ts';
import { type AnswerFrame, type AskFrame, creditOf, type SyncFault } from './frame.ts';
import type { Answer, Question } from './inquiry.ts';
import { SYNC_LIMITS } from './limits.ts';

/** What an answer of the remote is. */
export type AnswerOutcome =
  | { readonly type: 'answered' }
  /** The ask was given up before the answer came. */
  | { readonly type: 'stray' }
  | { readonly type: 'fault'; readonly fault: Fault<SyncFault> };

/**
 * Both sides of the inquiries of one session: numbers the asks of this side and keeps those that are not answered;
 * keeps the remote's asks until they are answered, one after the other and within the credit for records.
 */
export class InquiryDesk {
  readonly #open = new Map<number, Question['type']>();
  /** Asks that were given up and that the remote has not answered yet. */
  readonly #abandoned = new Set<number>();
  readonly #asked: AskFrame[] = [];
  /** Whether the answer to the first of the remote's asks is being read. */
  #isReading = false;
  /** That answer, while it waits for credit. */
  #read: Answer | undefined;
  #lastAsk = 0;
  /** When the remote last answered, or was first asked, in ms since 1970. */
  #progressMs = 0;

  /** Whether the remote takes one more ask: those that were given up count until it has answered them. */
  get hasRoom(): boolean {
    return this.#open.size + this.#abandoned.size < SYNC_LIMITS.asksPerPeer;
  }

  /** When the open asks expire, in ms since 1970; undefined when there is none. */
  get deadlineMs(): number | undefined {
    return this.#open.size === 0 ? undefined : this.#progressMs + SYNC_LIMITS.wantTimeoutMs;
  }

  /** The frame that asks a question. */
  ask(question: Question, nowMs: number): AskFrame {
    if (this.#open.size === 0) this.#progressMs = nowMs;
    this.#lastAsk += 1;
    this.#open.set(this.#lastAsk, question.type);
    return { type: 'ask', ask: this.#lastAsk, question };
  }

  /** Takes an answer of the remote. */
  answered({ ask, answer }: AnswerFrame, nowMs: number): AnswerOutcome {
    const type = this.#open.get(ask);
    this.#open.delete(ask);
    if (this.#abandoned.delete(ask)) return { type: 'stray' };
    if (type !== answer.type) {
      const what = type === undefined ? 'nobody asked for' : `is no answer to a question for ${type}`;
      return {
        type: 'fault',
        fault: { code: 'bad_frame', message: `an answer with ${answer.type} that ${what}` },
      };
    }
    this.#progressMs = nowMs;
    return { type: 'answered' };
  }

  /** Gives up the open asks, once the deadline has passed or the clock was set far back. */
  expired(nowMs: number): readonly number[] {
    if (Math.abs(nowMs - this.#progressMs) < SYNC_LIMITS.wantTimeoutMs) return [];
    const asks = [...this.#open.keys()];
    this.#open.clear();
    for (const ask of asks) this.#abandoned.add(ask);
    return asks;
  }

  /** The remote asks something. */
  asked(frame: AskFrame): Fault<SyncFault> | undefined {
    if (this.#asked.length >= SYNC_LIMITS.asksPerPeer) {
      return { code: 'past_limit', message: `more than ${SYNC_LIMITS.asksPerPeer} asks at once` };
    }
    this.#asked.push(frame);
    return undefined;
  }

  /** Takes up the first of the remote's asks; false when there is none, or its answer is being read or sent. */
  take(): boolean {
    if (this.#isReading || this.#read !== undefined || this.#asked.length === 0) return false;
    this.#isReading = true;
    return true;
  }

  /** The question whose answer is being read. */
  get reading(): Question | undefined {
    return this.#isReading ? this.#asked[0]?.question : undefined;
  }

  /** The answer to the question that was taken up. */
  read(answer: Answer): void {
    if (!this.#isReading) throw new RangeError('an answer was handed in that nobody asked for');
    this.#isReading = false;
    this.#read = answer;
  }

  /** The next answer to send; undefined when there is none or its records exceed the credit. */
  next(credit: number): AnswerFrame | undefined {
    const [first] = this.#asked;
    const answer = this.#read;
    if (first === undefined || answer === undefined || creditOfAnswer(answer) > credit) return undefined;
    this.#asked.shift();
    this.#read = undefined;
    return { type: 'answer', ask: first.ask, answer };
  }
}

/** Bytes of records in an answer, which count against the same credit as those in ranges. */
export const creditOfAnswer = (answer: Answer): number =>
  answer.type === 'records' ? creditOf(answer.records) : 0;
