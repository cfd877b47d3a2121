import { leafHash, type Origin, type Seq } from '../../protocol/event/index.ts';
import { commitmentOf, formatHash, type Manifest } from '../../protocol/manifest/index.ts';
import {
  type Answer,
  decodeFrame,
  encodeFrame,
  type HeldLogs,
  type Inquiry,
  type Question,
} from '../../protocol/sync/index.ts';
import { Answerer } from '../../protocol/sync/inquiry-answerer.ts';
import { fastCrypto as crypto } from './fast-crypto.ts';
import { type SignedRange, signRange, TEST_SPACE, type TestLog } from './test-log.ts';

/** One segment of a history before it is signed. */
export interface SegmentPlan {
  readonly records: readonly Uint8Array[];
  /** The last segment only may be open. */
  readonly sealed: boolean;
}

/** One log as a replica holds it, with faults of its store where a test puts them. */
export class HeldHistory implements HeldLogs {
  readonly manifests: (Manifest | undefined)[] = [];
  readonly records: (Uint8Array | undefined)[] = [];

  /** Signs segments one after the other. */
  static sign(log: TestLog, segments: readonly SegmentPlan[]): HeldHistory {
    const history = new HeldHistory();
    let last: SignedRange | undefined;
    for (const { records, sealed } of segments) {
      last = signRange(log, last?.tail, records, { sealed });
      history.manifests.push(last.manifest);
      history.records.push(...records);
    }
    return history;
  }

  newest(_origin: Origin): Manifest | undefined {
    return this.manifests.at(-1);
  }

  manifest(_origin: Origin, segment: number): Manifest | undefined {
    return this.manifests[segment];
  }

  record(_origin: Origin, seq: Seq): Uint8Array | undefined {
    return this.records[seq - 1];
  }

  /** Changes bits of a stored record. */
  spoil(seq: Seq): void {
    this.records[seq - 1] = this.records[seq - 1]?.map((byte) => byte ^ 0x20);
  }
}

/**
 * Where two histories part, by the definition and from the records themselves; undefined when one history holds
 * both. Neither store may have faults.
 */
export const forkOf = (log: TestLog, a: HeldHistory, b: HeldHistory): Seq | undefined => {
  for (const [segment, one] of a.manifests.entries()) {
    const two = b.manifests[segment];
    if (one === undefined || two === undefined) return undefined;
    const isSame = formatHash(commitmentOf(crypto, one)) === formatHash(commitmentOf(crypto, two));
    if (isSame && one.sealed && two.sealed) continue;
    const [short, long] = one.events <= two.events ? [one, two] : [two, one];
    for (let seq = one.firstSeq; seq < one.firstSeq + short.events; seq += 1) {
      const leaf = ({ records }: HeldHistory) =>
        formatHash(leafHash(crypto, log.origin, seq, records[seq - 1] ?? new Uint8Array()));
      if (leaf(a) !== leaf(b)) return seq;
    }
    return short.sealed && short.events < long.events ? one.firstSeq + short.events : undefined;
  }
  return undefined;
};

/** What an inquiry is made with by a replica that holds these logs. */
export const contextOf = (logs: HeldLogs) => ({ crypto, space: TEST_SPACE, logs });

/** What came of an inquiry, and what it took. */
export interface InquiryRun<Result> {
  readonly result: Result;
  readonly asks: number;
  /** Bytes of hashes in the answers. */
  readonly hashBytes: number;
  /** Bytes of records in the answers. */
  readonly recordBytes: number;
}

/** Runs an inquiry against a remote; questions and answers pass as frames. */
export const runInquiry = <Result>(
  inquiry: Inquiry<Result>,
  answer: (question: Question) => Answer,
): InquiryRun<Result> => {
  let [asks, hashBytes, recordBytes] = [0, 0, 0];
  let step = inquiry.next();
  while (!step.done) {
    asks += 1;
    const ask = decodeFrame(encodeFrame({ type: 'ask', ask: asks, question: step.value }));
    if (!ask.ok || ask.value.type !== 'ask') throw new Error('the question cannot be sent');
    const reply = decodeFrame(encodeFrame({ type: 'answer', ask: asks, answer: answer(ask.value.question) }));
    if (!reply.ok || reply.value.type !== 'answer') throw new Error('the answer cannot be sent');
    const { answer: content } = reply.value;
    if (content.type === 'nodes') hashBytes += content.hashes.length * 32;
    if (content.type === 'commitments') hashBytes += content.commitments.length * 32;
    if (content.type === 'records') for (const { length } of content.records) recordBytes += length;
    step = inquiry.next(content);
  }
  return { result: step.value, asks, hashBytes, recordBytes };
};

/** An honest remote that holds these logs. */
export const honest = (logs: HeldLogs): ((question: Question) => Answer) => {
  const answerer = new Answerer(crypto, logs);
  return (question) => answerer.answer(question);
};
