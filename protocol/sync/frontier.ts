import { equalBytes } from '../bytes/index.ts';
import type { Crypto } from '../crypto/index.ts';
import type { Origin, Seq } from '../event/index.ts';
import { commitmentOf, EMPTY_COMMITMENT, type Manifest } from '../manifest/index.ts';

/** How far a replica holds one log: up to `events` records in `segment`, and the commitment to all of it. */
export interface FrontierEntry {
  readonly origin: Origin;
  /** Segment that the log's newest manifest covers. */
  readonly segment: number;
  /** Records of that segment. */
  readonly events: number;
  /** Length of the log. */
  readonly seq: Seq;
  /** Whether the segment is closed. */
  readonly sealed: boolean;
  /**
   * Whether the log's owner is known to have signed two histories, and everything before they differ is held:
   * `seq` is then the last event that counts, and nothing else is said, so that replicas which hold different
   * branches have equal entries.
   */
  readonly frozen: boolean;
  /** Commitment to the whole prefix: 32 bytes; zeros for a frozen log. */
  readonly commitment: Uint8Array;
}

/** The frontier entry that the newest manifest of a log stands for. */
export const frontierEntry = (crypto: Crypto, manifest: Manifest): FrontierEntry => ({
  origin: manifest.origin,
  segment: manifest.segment,
  events: manifest.events,
  seq: manifest.firstSeq + manifest.events - 1,
  sealed: manifest.sealed,
  frozen: false,
  commitment: commitmentOf(crypto, manifest),
});

/** The frontier entry of a log whose owner signed two histories that differ at `forkSeq`. */
export const frozenEntry = (origin: Origin, forkSeq: Seq): FrontierEntry => ({
  origin,
  segment: 0,
  events: 0,
  seq: forkSeq - 1,
  sealed: false,
  frozen: true,
  commitment: EMPTY_COMMITMENT,
});

/**
 * Whether a position says more than another one of the same log: more records, or the seal. A frozen position
 * is ahead of every other, and among frozen ones that with the earlier fork.
 */
export const isAhead = (entry: FrontierEntry, other: FrontierEntry | undefined): boolean => {
  if (other === undefined) return true;
  if (entry.frozen || other.frozen) return entry.frozen && (!other.frozen || entry.seq < other.seq);
  if (entry.segment !== other.segment) return entry.segment > other.segment;
  if (entry.events !== other.events) return entry.events > other.events;
  return entry.sealed && !other.sealed;
};

/**
 * Whether no history holds both of two positions of one log, as far as these tell by themselves: one length with
 * two commitments, a segment that begins at two places, one that is closed and goes on, or a later segment that
 * leaves no room for those before it.
 */
export const isContradiction = (entry: FrontierEntry, other: FrontierEntry): boolean => {
  if (entry.frozen || other.frozen) return false;
  const [early, late] = isAhead(entry, other) ? [other, entry] : [entry, other];
  // Each segment after the early one has a record at least, and the early one has those that are stated.
  if (early.segment !== late.segment)
    return late.seq - late.events < early.seq + late.segment - early.segment - 1;
  if (early.events === late.events && !equalBytes(early.commitment, late.commitment)) return true;
  return early.seq - early.events !== late.seq - late.events || (early.sealed && late.events > early.events);
};

/** Whether two entries of one log say the same. */
export const isSameEntry = (entry: FrontierEntry, other: FrontierEntry): boolean =>
  entry.segment === other.segment &&
  entry.events === other.events &&
  entry.seq === other.seq &&
  entry.sealed === other.sealed &&
  entry.frozen === other.frozen &&
  equalBytes(entry.commitment, other.commitment);

/** How far a log is held, as far as what comes next depends on it. */
type Newest = Pick<FrontierEntry, 'segment' | 'events' | 'sealed'>;

/** Where the next record of a log stands: its segment, and how many records of that are held. */
export const nextPlace = (
  newest: Newest | undefined,
): { readonly segment: number; readonly events: number } => {
  if (newest === undefined) return { segment: 0, events: 0 };
  const { segment, events, sealed } = newest;
  return sealed ? { segment: segment + 1, events: 0 } : { segment, events };
};

/** Whether so many records lead from one position of a log to another, neither of which is frozen. */
export const isNextBy = (records: number, entry: Newest, before: FrontierEntry | undefined): boolean => {
  if (before?.frozen) return false;
  const due = nextPlace(before);
  return due.segment === entry.segment && due.events + records === entry.events;
};
