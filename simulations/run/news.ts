import type { EventId, Origin, Seq } from '../../protocol/event/index.ts';
import type { SyncFrame } from '../../protocol/sync/index.ts';
import type { Fault, Operation } from '../plan/index.ts';
import type { RunViolation } from './outcome.ts';

/** The parts of a run. */
export type PhaseName = 'setup' | 'chaos' | 'heal' | 'quiet';

/**
 * Something that happened in a run, told in the order in which it happened. Times are virtual microseconds since the
 * run began; devices are named by number.
 */
export type News = { readonly atUs: number } & (
  | { readonly type: 'phase'; readonly phase: PhaseName }
  | { readonly type: 'operation'; readonly operation: Operation }
  | { readonly type: 'fault'; readonly fault: Fault }
  | { readonly type: 'violation'; readonly violation: RunViolation }
  | ({ readonly device: number } & DeviceNews)
);

/** What one device takes part in. */
export type DeviceNews =
  /** It runs, on what its disk holds. */
  | { readonly type: 'opened' }
  /** It knows of a session with a peer, or of its end. */
  | { readonly type: 'connected' | 'disconnected'; readonly peer: number }
  | ({ readonly type: 'sent' | 'received' } & FrameNews)
  /** It tells its neighbours something by gossip, or hears it from one of them, who had told or heard it before. */
  | { readonly type: 'told'; readonly gossip: number }
  | { readonly type: 'heard'; readonly gossip: number; readonly peer: number; readonly bytes: number }
  /** Records are on their way to its disk: its own, or those of others. */
  | { readonly type: 'stored'; readonly own: boolean; readonly records: number; readonly recordBytes: number }
  /** An event of its own is safe, or one of another device is part of the state and can be seen. */
  | ({ readonly type: 'appended' | 'applied' } & EventNews)
  | { readonly type: 'strike' | 'refused'; readonly peer: number | null; readonly code: string }
  /** A log is proved to be forked. */
  | { readonly type: 'fork'; readonly origin: Origin; readonly seq: Seq }
  /** A log of its own is written to no more. */
  | { readonly type: 'retired'; readonly origin: Origin; readonly reason: string }
  /** Its state has been made anew. */
  | { readonly type: 'rebuilt' };

export interface EventNews {
  readonly event: EventId;
  readonly origin: Origin;
  readonly seq: Seq;
}

/** What a frame carries. */
export interface FrameLoad {
  readonly frame: SyncFrame['type'] | 'invalid';
  readonly bytes: number;
  /** Records in it, and their bytes. */
  readonly records: number;
  readonly recordBytes: number;
}

export interface FrameNews extends FrameLoad {
  readonly peer: number;
  /** Counts the frames that are sent; undefined for one that came and that the peer's engine has not sent. */
  readonly message: number | undefined;
}
