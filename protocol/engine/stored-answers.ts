import type { Crypto } from '../crypto/index.ts';
import { type Answer, Answerer, type Question } from '../sync/index.ts';
import { heldLogs } from './held-logs.ts';
import type { RecordStore } from './ports.ts';

/**
 * How a host answers the questions of peers from its record store, for `read-answer` effects. What is damaged
 * there is answered like what is not held. The answer to a question about a tree takes as long as it takes to
 * read and hash a segment.
 */
export const storedAnswers = (
  crypto: Crypto,
  records: Pick<RecordStore, 'manifest' | 'record'>,
): ((question: Question) => Answer) => {
  const answerer = new Answerer(
    crypto,
    heldLogs(records, () => undefined),
  );
  return (question) => answerer.answer(question);
};
