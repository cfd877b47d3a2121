import { SmoError } from '../../protocol/fault/index.ts';

/** The reader of our output has gone (EPIPE): nothing went wrong, there is just nobody left to tell. */
export class OutputClosed extends Error {
  override readonly name = 'OutputClosed';
}

/** Our output goes to where nothing can be written, for example to a file on a full disk. */
export class OutputRefused extends SmoError {
  /** @param reason what the system says */
  constructor(reason: string) {
    super(
      'output_refused',
      `the output cannot be written: ${reason}`,
      'Make room where it goes to, or send it elsewhere.',
    );
  }
}
