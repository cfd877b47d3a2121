export type { SeenSeq } from './control-entry.ts';
export {
  CONTROL_TYPE,
  type Cut,
  deviceAdded,
  deviceRenamed,
  deviceRevoked,
  isControlStatement,
  isControlType,
  isLabel,
  roleChanged,
  SPACE_NONCE_BYTES,
  spaceCreated,
} from './control-event.ts';
export { type Genesis, spaceIdOf, verifyGenesis } from './genesis.ts';
export {
  answerHello,
  INVITE_ATTEMPTS_MAX,
  type Invite,
  inviteName,
  isOpen,
  type JoinExchange,
  judgeProof,
  type ProofContext,
} from './invites.ts';
export { Joiner, type JoinerFault, type JoinerStep, type JoinTranscript, joinProof } from './join.ts';
export {
  decodeJoinMessage,
  encodeJoinMessage,
  JOIN_NONCE_BYTES,
  type JoinMessage,
  type JoinRefusal,
} from './join-messages.ts';
export { MEMBERSHIP_LIMITS } from './limits.ts';
export type { FormerMember, LogLimit, Member, Membership } from './membership.ts';
export { foldMembership, MembershipFold } from './membership-fold.ts';
export { isRole, mayAdminister, mayWrite, type Role } from './role.ts';
export { decodeTicket, encodeTicket, TICKET_SECRET_BYTES, type Ticket } from './ticket.ts';
