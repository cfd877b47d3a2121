import { type Manifest, signManifest } from '../../protocol/manifest/index.ts';
import { type Answer, heal, investigate, type Question } from '../../protocol/sync/index.ts';
import { contextOf, HeldHistory, honest, runInquiry } from './held-history.ts';
import { numberedRecords, testLog } from './test-log.ts';

/** The log about which all inquiries are made. */
export const LOG = testLog();

const { origin } = LOG;

/** Segments of 40 records; the last one is open. Records from `from` on are others. */
export const history = (segments: number, from = Number.POSITIVE_INFINITY): HeldHistory =>
  HeldHistory.sign(
    LOG,
    Array.from({ length: segments }, (_, i) => ({
      records: numberedRecords(1 + i * 40, 40).map((record, at) =>
        1 + i * 40 + at < from ? record : Uint8Array.from([...record, 33]),
      ),
      sealed: i < segments - 1,
    })),
  );

/** What an investigation finds out with a remote that answers like this. */
export const investigateWith = (own: HeldHistory, answer: (question: Question) => Answer) =>
  runInquiry(investigate(contextOf(own), origin), answer).result;

/** What comes of healing a segment with a remote that answers like this. */
export const healWith = (own: HeldHistory, segment: number, answer: (question: Question) => Answer) =>
  runInquiry(heal(contextOf(own), origin, segment), answer).result;

/** An honest remote that answers questions of one type in another way. */
export const except = <T extends Question['type']>(
  remote: HeldHistory,
  type: T,
  change: (good: Extract<Answer, { type: T }>, question: Extract<Question, { type: T }>) => Answer,
) => {
  const answer = honest(remote);
  return (question: Question): Answer => {
    const good = answer(question);
    return question.type === type
      ? change(good as Extract<Answer, { type: T }>, question as Extract<Question, { type: T }>)
      : good;
  };
};

/** A manifest as the owner of the log signs it. */
export const sign = ({ signature: _, ...body }: Manifest): Manifest => signManifest(LOG.signer, body);
