import type { DeviceId } from '../crypto/index.ts';
import type { Origin, PlacedEvent } from '../event/index.ts';
import type { Fault } from '../fault/index.ts';
import type { Manifest } from '../manifest/index.ts';
import type { Membership } from '../membership/index.ts';
import type { GossipVerdict, Question } from '../sync/index.ts';
import type { KnownFork } from './forks.ts';
import type { RetirementReason } from './own-logs.ts';
import type { Commit, WholeSegment } from './ports.ts';
import type { RecordsRequest } from './stored-records.ts';
import type { Strike } from './strikes.ts';

/** Everything that an engine asks of its host; the host decides nothing. */
export type EngineEffect =
  | { readonly type: 'send'; readonly peer: DeviceId; readonly frame: Uint8Array }
  /** End the session with a peer that broke the protocol. */
  | { readonly type: 'disconnect'; readonly peer: DeviceId; readonly fault: Fault }
  /** Write, then answer with `committed`. There is one commit at a time. */
  | { readonly type: 'commit'; readonly commit: Commit }
  /** Read what a peer wants; answer with `range-read`. One at a time for each peer. */
  | {
      readonly type: 'read-range';
      readonly peer: DeviceId;
      readonly origin: Origin;
      readonly segment: number;
      readonly events: number;
    }
  /** Read the answer to a peer's question ({@link storedAnswers}); hand it in with `answer-read`. One at a time for each peer. */
  | { readonly type: 'read-answer'; readonly peer: DeviceId; readonly question: Question }
  /** Put a whole segment in the place of a damaged one of the store; answer with `repaired`. */
  | { readonly type: 'restore'; readonly segment: WholeSegment }
  /** Read stored records that were not applied yet; answer with `records-read`. */
  | ({ readonly type: 'read-records' } & RecordsRequest)
  /** Ask for a `tick` at this time; replaces the timer set before. */
  | { readonly type: 'set-timer'; readonly atMs: number }
  /** The events of an append are durable. */
  | { readonly type: 'appended'; readonly request: number; readonly events: readonly PlacedEvent[] }
  /** The manifests of a seal are stored. */
  | { readonly type: 'sealed'; readonly request: number; readonly manifests: readonly Manifest[] }
  /**
   * An event is applied and committed, for the first time: a rebuild does not tell of it again. In the order in
   * which this replica applies them. Whether it is excluded can change: ask the membership.
   */
  | { readonly type: 'applied'; readonly event: PlacedEvent }
  /** The members of the space have changed. */
  | { readonly type: 'membership'; readonly membership: Membership }
  /** Tell members of new heads by gossip. It may be lost. */
  | { readonly type: 'publish'; readonly message: Uint8Array }
  /** What is to become of a gossip message, in the step in which it came; the fault of one that is rejected. */
  | {
      readonly type: 'gossip-verdict';
      readonly request: number;
      readonly verdict: GossipVerdict;
      readonly fault?: Fault;
    }
  /** A log is proved to be forked, or forked earlier than was known; the proof is stored. */
  | ({ readonly type: 'equivocation' } & KnownFork)
  /** A log of this device is written to no more. If it is the main log, `continue` under another one. */
  | { readonly type: 'log-retired'; readonly origin: Origin; readonly reason: RetirementReason }
  /** The state has been made anew and is committed. */
  | { readonly type: 'rebuilt' }
  /** A fault is held against a peer. */
  | ({ readonly type: 'strike' } & Strike)
  /** What a peer sent was refused, and the session goes on without that log; or what it stated of members says nothing. */
  | { readonly type: 'refused'; readonly peer: DeviceId; readonly origin: Origin; readonly fault: Fault };

/** The effects of a type. */
export type EffectOf<Type extends EngineEffect['type']> = Extract<EngineEffect, { readonly type: Type }>;
