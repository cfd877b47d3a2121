import type { Fault } from '../fault/index.ts';
import type { ReceivedRange } from './arriving-segment.ts';
import type { Cursor, SyncFault } from './frame.ts';
import type { Answer } from './inquiry.ts';

/** What a session asks of its replica. */
export type SessionEffect =
  | { readonly type: 'send'; readonly frame: Uint8Array }
  /** Read what `SyncSession.reading` says; answer with `rangeRead`. */
  | { readonly type: 'read' }
  /** Read the answer to what `SyncSession.asked` says; hand it in with `answerRead`. */
  | { readonly type: 'read-answer' }
  /** The remote has answered what `SyncSession.ask` asked; not verified. */
  | { readonly type: 'answered'; readonly ask: number; readonly answer: Answer }
  /** A whole range has come; once it is stored, kept or refused, answer with `release`. */
  | { readonly type: 'received'; readonly range: ReceivedRange }
  /** The same of records that nobody has asked for, which come next in their log. */
  | { readonly type: 'brought'; readonly range: ReceivedRange }
  /** The peer says that this proves a fork; not verified yet. */
  | { readonly type: 'evidence'; readonly evidence: Uint8Array }
  /** What is known of the peer has changed: there may be something to ask for. */
  | { readonly type: 'learnt' }
  /** Everything that the peer's store held at this point is held here: worth remembering for the next session. */
  | { readonly type: 'cursor'; readonly cursor: Cursor }
  /** The session is over: the remote broke the protocol, or says so of this side. */
  | { readonly type: 'close'; readonly fault: Fault<SyncFault>; readonly byRemote: boolean };
