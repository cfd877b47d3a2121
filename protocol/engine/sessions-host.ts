import { utf8Encode } from '../bytes/index.ts';
import type { Crypto, DeviceId } from '../crypto/index.ts';
import type { Origin } from '../event/index.ts';
import type { Fault } from '../fault/index.ts';
import type { SpaceId } from '../manifest/index.ts';
import {
  type Answer,
  type LogVerdict,
  type ReadRequest,
  type ReceivedRange,
  type SegmentRange,
  type SessionView,
  SPACE_TAG_BYTES,
  type SyncSession,
} from '../sync/index.ts';
import type { EngineEffect } from './effect.ts';
import type { LogBook } from './log-book.ts';
import type { PeerCursors } from './peer-cursors.ts';
import type { SegmentShelf } from './segment-shelf.ts';

/** What the sessions need from the engine. */
export interface SessionsHost {
  readonly crypto: Crypto;
  readonly device: DeviceId;
  readonly space: SpaceId;
  /** The id of the record store. */
  readonly storeId: string;
  readonly logs: LogBook;
  readonly shelf: SegmentShelf;
  readonly cursors: PeerCursors;
  /** Whether records of a log are accepted here. */
  accepts(origin: Origin): boolean;
  /** Whether a log is one that this device may go on writing. */
  writes(origin: Origin): boolean;
  /** Whether a peer may be asked for anything. */
  mayAsk(peer: DeviceId): boolean;
  /** Holds a fault against a peer, if it is one that only the peer can have made. */
  strike(peer: DeviceId, fault: Fault): void;
  /** The proof that a log has forked. */
  verdict(origin: Origin): LogVerdict | undefined;
  emit(effect: EngineEffect): void;
  /** What can be given of a part of a log that cannot be read as a whole. */
  undamaged(part: ReadRequest): SegmentRange | undefined;
  /** A whole range has come in a session, not verified. */
  received(peer: DeviceId, session: SyncSession, range: ReceivedRange): void;
  /** A peer says that this proves a fork; not verified. */
  evidence(peer: DeviceId, evidence: Uint8Array): void;
  /** A peer has answered a question; undefined: it took too long. */
  answered(peer: DeviceId, ask: number, answer: Answer | undefined): void;
  /** A session is over. */
  ended(peer: DeviceId): void;
}

/** The replica as each of its sessions sees it. */
export const sessionView = (host: SessionsHost): SessionView => ({
  spaceTag: host.crypto.sha256(utf8Encode(`smo/sync/1 ${host.space}`)).subarray(0, SPACE_TAG_BYTES),
  storeId: host.storeId,
  frontier: host.logs.frontier,
  stored: (origin) => host.logs.stored(origin),
  held: (origin) => host.logs.held(origin),
  accepts: (origin) => host.accepts(origin),
  verdict: (origin) => host.verdict(origin),
});
