import type { Crypto, DeviceId } from '../crypto/index.ts';
import type { Fault } from '../fault/index.ts';
import { decodeManifest, type SpaceId, type VerifiedRange, verifyManifest } from '../manifest/index.ts';
import {
  type FrontierEntry,
  frontierEntry,
  isAhead,
  type ReceivedRange,
  type SyncSession,
} from '../sync/index.ts';
import type { Authoring } from './authoring.ts';
import type { StoredEvent } from './backlogs.ts';
import type { CommitFlow } from './commit-flow.ts';
import type { CommitQueue } from './commit-queue.ts';
import type { DerivedState } from './derived-state.ts';
import type { LogBook } from './log-book.ts';
import type { PeerSessions } from './peer-sessions.ts';
import type { PendingRecords } from './pending-records.ts';
import { NOTHING_TAKEN, type RangeIntake } from './range-intake.ts';

/** The parts of an engine that what peers send goes through. */
export interface ReceptionParts {
  readonly nowMs: number;
  readonly options: { readonly crypto: Crypto; readonly space: SpaceId };
  readonly authoring: Authoring;
  readonly commits: CommitQueue;
  readonly derived: DerivedState;
  readonly flow: CommitFlow;
  readonly intake: RangeIntake;
  readonly logs: LogBook;
  readonly pending: PendingRecords;
  readonly sessions: PeerSessions;
  accepts(origin: ReceivedRange['origin']): boolean;
  strike(peer: DeviceId, fault: Fault): void;
}

/** What peers send of logs: verified, then committed and applied, kept, or disputed. */
export class Reception {
  readonly #parts: ReceptionParts;

  constructor(parts: ReceptionParts) {
    this.#parts = parts;
  }

  /** Takes a whole range of a session, not verified. */
  received(peer: DeviceId, session: SyncSession, range: ReceivedRange): void {
    const { authoring, commits, intake, nowMs, sessions } = this.#parts;
    // What is appended and not signed yet takes part in the comparison.
    authoring.signHead(range.origin, nowMs);
    if (authoring.isOwn(range.origin)) this.#lookAtOwn(range.manifest);
    // Several logs may have been asked for while there was room for one.
    const isTaken = this.#parts.accepts(range.origin);
    const { taken, refusals } = isTaken ? intake.receive(peer, range) : NOTHING_TAKEN;
    for (const refusal of refusals) {
      this.#parts.strike(refusal.peer, refusal.fault);
      sessions.dispute(refusal.peer, refusal.origin, refusal.fault, nowMs);
    }
    if (taken) commits.afterwards({ type: 'release', peer, session, bytes: range.bytes });
    else sessions.release(peer, session, range.bytes, nowMs);
  }

  /** Takes what is verified and continues its log. */
  take({ manifest, firstSeq, records, tree }: VerifiedRange, events: readonly StoredEvent[]): void {
    const { authoring, derived, flow, nowMs, pending } = this.#parts;
    const { origin } = manifest;
    // Only this device signs its logs: it did so in another home, or in a later state of this one.
    authoring.retire(origin, 'ahead', nowMs);
    pending.add(origin, firstSeq, records);
    flow.write({ origin, firstSeq, records, tail: { manifest, peaks: tree.peaks } });
    derived.offer(origin, events, nowMs);
  }

  /** The owner of a log has signed a position of it, of which no record has come yet. */
  heardOf(entry: FrontierEntry): void {
    const { authoring, logs, nowMs } = this.#parts;
    const { origin } = entry;
    // A log that has never been used here is none that could be gone on with.
    if (!logs.has(origin) && origin !== authoring.main) return;
    // Only this device signs its logs: it did so in another home, or in a later state of this one.
    if (isAhead(entry, logs.held(origin))) authoring.retire(origin, 'ahead', nowMs);
  }

  /** Whether the records beside it verify or not: if this device has signed the manifest, it has gone on elsewhere. */
  #lookAtOwn(bytes: Uint8Array): void {
    const { crypto, space } = this.#parts.options;
    const manifest = decodeManifest(bytes);
    if (manifest.ok && verifyManifest(crypto, manifest.value, { space }).ok)
      this.heardOf(frontierEntry(crypto, manifest.value));
  }
}
