import type { Origin } from '../../protocol/event/index.ts';
import { GOSSIP_LIMITS, type SyncFrame, type ToldEntry } from '../../protocol/sync/index.ts';
import type { DrawStream } from '../draws/index.ts';

/** Bytes of a digest and of a commitment. */
const HASH_BYTES = 32;

/** By so many events a log is made longer than it is. */
const EVENTS_MAX = 100;

/** Manifests of one message of old heads. */
const HEADS_MAX = 4;

/** A position of a log that is further than it is, with a commitment to nothing. What is frozen cannot go on. */
export const falseEntry = (entry: ToldEntry, stream: DrawStream): ToldEntry => {
  if (entry.frozen) return entry;
  const more = stream.between(1, EVENTS_MAX);
  const commitment = Uint8Array.from({ length: HASH_BYTES }, () => stream.below(256));
  return { ...entry, events: entry.events + more, seq: entry.seq + more, commitment };
};

/** A frame whose entries are made into others. */
export const withEntries = (frame: SyncFrame, change: (entry: ToldEntry) => ToldEntry): SyncFrame => {
  if (frame.type === 'frontier') return { ...frame, entries: frame.entries.map(change) };
  if (frame.type !== 'node' || frame.content.type !== 'entries') return frame;
  return { ...frame, content: { ...frame.content, entries: frame.content.entries.map(change) } };
};

/** The logs that a frame spells out. */
export const logsIn = (frame: SyncFrame): readonly Origin[] => {
  const entries =
    frame.type === 'frontier'
      ? frame.entries
      : frame.type === 'node' && frame.content.type === 'entries'
        ? frame.content.entries
        : [];
  return entries.flatMap(({ log }) => (log.type === 'origin' ? [log.origin] : []));
};

/** Some of several old heads, in an order in which they have not been told. */
export const someHeads = (heads: readonly Uint8Array[], stream: DrawStream): readonly Uint8Array[] =>
  stream.shuffled(heads).slice(0, Math.min(HEADS_MAX, GOSSIP_LIMITS.manifestsMax));
