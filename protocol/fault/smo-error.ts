import type { Fault } from './fault.ts';

/**
 * A local call that cannot be carried out: what happened, with which thing, and what to do next.
 * It carries a stable code for scripts; nothing of the refused call has been done when it is thrown.
 */
export class SmoError extends Error {
  override readonly name = 'SmoError';
  readonly code: string;
  /** What the person can do next, as a sentence; empty when the message says it all. */
  readonly hint: string;

  constructor(code: string, message: string, hint = '') {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}

/** Turns a fault found in something the local caller handed in into an error for that caller. */
export const errorFromFault = (fault: Fault, hint = ''): SmoError =>
  new SmoError(fault.code, fault.message, hint);
