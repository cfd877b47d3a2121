import type { DeviceId } from '../crypto/index.ts';
import type { EventDraft, Origin, SeenVector } from '../event/index.ts';
import type { Fault } from '../fault/index.ts';
import type { Answer, SegmentRange } from '../sync/index.ts';
import type { SegmentPlace } from './ports.ts';

/** One event to append. */
export interface AppendEntry {
  /** One of this device's own logs. */
  readonly origin: Origin;
  readonly draft: EventDraft;
  /** For imports: when it was written, ms since 1970; the hybrid clock stamps otherwise. */
  readonly timestamp?: number;
  /** For imports: what it had seen; everything that is applied here otherwise. */
  readonly seen?: SeenVector;
}

/** Everything that can happen to an engine. `nowMs` is the wall clock in ms since 1970. */
export type EngineInput =
  /** Append events, all or none. Throws SmoError when one of them cannot be; nothing has happened then. */
  | {
      readonly type: 'append';
      readonly nowMs: number;
      readonly request: number;
      readonly entries: readonly AppendEntry[];
    }
  /** Close the open segments of this device's logs. */
  | { readonly type: 'seal'; readonly nowMs: number; readonly request: number }
  | { readonly type: 'connected'; readonly nowMs: number; readonly peer: DeviceId }
  /** With the fault of the peer's transport if that ended the session. */
  | {
      readonly type: 'disconnected';
      readonly nowMs: number;
      readonly peer: DeviceId;
      readonly fault?: Fault;
    }
  | { readonly type: 'frame'; readonly nowMs: number; readonly peer: DeviceId; readonly frame: Uint8Array }
  /** A member has passed on a gossip message; answered by a `gossip-verdict` in the same step. */
  | {
      readonly type: 'gossip';
      readonly nowMs: number;
      readonly request: number;
      readonly peer: DeviceId;
      readonly message: Uint8Array;
    }
  /** A commit effect has completed. One that failed ends the engine: its host opens a new one from the store. */
  | { readonly type: 'committed'; readonly nowMs: number; readonly commit: number }
  /** A read-range effect has completed; undefined when the store holds no such segment. */
  | {
      readonly type: 'range-read';
      readonly nowMs: number;
      readonly peer: DeviceId;
      readonly range: SegmentRange | undefined;
    }
  /** A read-records effect has completed. */
  | {
      readonly type: 'records-read';
      readonly nowMs: number;
      readonly origin: Origin;
      readonly firstSeq: number;
      readonly records: readonly Uint8Array[];
    }
  /** Evidence of a fork has come by another way than a peer. Throws SmoError when it proves nothing. */
  | { readonly type: 'evidence'; readonly nowMs: number; readonly bytes: Uint8Array }
  /**
   * Write to another log of this device by default from now on, which nothing has been written to. Throws SmoError
   * when that log is not this device's own, or is retired.
   */
  | { readonly type: 'continue'; readonly nowMs: number; readonly origin: Origin }
  /** A read-answer effect has completed. */
  | { readonly type: 'answer-read'; readonly nowMs: number; readonly peer: DeviceId; readonly answer: Answer }
  /** A restore effect has completed; false when the segment is not one of the log as the store holds it. */
  | ({ readonly type: 'repaired'; readonly nowMs: number; readonly restored: boolean } & SegmentPlace)
  /** The timer that was set has run out. */
  | { readonly type: 'tick'; readonly nowMs: number };

/** An input without its time, which a host adds. */
export type UntimedInput<Input = EngineInput> = Input extends { readonly nowMs: number }
  ? Omit<Input, 'nowMs'>
  : never;
