import { type KnowledgeBook, OwnKnowledge } from '../causality/index.ts';
import type { Crypto } from '../crypto/index.ts';
import { accept, type Verdict } from '../fault/index.ts';
import { placeRecord } from '../log/index.ts';
import {
  decodeManifest,
  type RangeClaim,
  type VerifiedRange,
  verifyRange,
  verifyUnplaced,
} from '../manifest/index.ts';
import { MembershipFold } from '../membership/index.ts';
import { hashItem, projectEvent } from '../projection/index.ts';
import type { StoredEvent } from './backlogs.ts';

/**
 * The parts of an engine's work that follow from their arguments alone. Engines of one process that hold the same do
 * all of it alike: a simulation of thousands may hand them work that remembers, with the very same outcome.
 */
export interface EngineWork {
  readonly decodeManifest: typeof decodeManifest;
  /** As {@link verifyRange}. @throws SmoError `tail_damaged` */
  verifyRange(claim: RangeClaim): ReturnType<typeof verifyRange>;
  /** As {@link verifyUnplaced}. */
  verifyUnplaced(
    claim: Pick<RangeClaim, 'space' | 'manifest' | 'records'>,
  ): ReturnType<typeof verifyUnplaced>;
  /** The events of a verified range, or what the first that cannot be read lacks. */
  readEvents(range: VerifiedRange): Verdict<readonly StoredEvent[]>;
  readonly projectEvent: typeof projectEvent;
  /** What a new index of causality keeps what events have seen in. */
  newKnowledge(): KnowledgeBook;
  /** A fold of the control events of a space, the founding one first. */
  foldMembership(
    ...of: ConstructorParameters<typeof MembershipFold>
  ): Pick<MembershipFold, 'membership' | 'take'>;
  /** As {@link hashItem}. */
  hashItem(item: Parameters<typeof hashItem>[1]): Uint8Array;
}

/** Work that is done anew each time. */
export const plainWork = (crypto: Crypto): EngineWork => ({
  decodeManifest,
  verifyRange: (claim) => verifyRange(crypto, claim),
  verifyUnplaced: (claim) => verifyUnplaced(crypto, claim),
  readEvents,
  projectEvent,
  newKnowledge: () => new OwnKnowledge(),
  foldMembership: (genesis, seenSeq) => new MembershipFold(genesis, seenSeq),
  hashItem: (item) => hashItem(crypto, item),
});

const readEvents = ({ manifest, firstSeq, records, ids }: VerifiedRange): Verdict<readonly StoredEvent[]> => {
  const { origin } = manifest;
  const events: StoredEvent[] = [];
  for (const [i, id] of ids.entries()) {
    const seq = firstSeq + i;
    const record = records[i] ?? new Uint8Array();
    const event = placeRecord(origin, seq, id, record);
    if (!event.ok) {
      const { fault } = event;
      return { ok: false, fault: { ...fault, message: `event ${seq} of ${origin}: ${fault.message}` } };
    }
    events.push({ event: event.value, bytes: record.length });
  }
  return accept(events);
};
