export {
  CONTROL_TYPE,
  deviceAdded,
  isControlType,
  isLabel,
  isRole,
  type Role,
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
} from './invites.ts';
export { Joiner, type JoinerFault, type JoinerStep, type JoinTranscript, joinProof } from './join.ts';
export {
  decodeJoinMessage,
  encodeJoinMessage,
  JOIN_NONCE_BYTES,
  type JoinMessage,
  type JoinRefusal,
} from './join-messages.ts';
export { foldMembership, type Member, type Membership, type Sees } from './membership.ts';
export { decodeTicket, encodeTicket, TICKET_SECRET_BYTES, type Ticket } from './ticket.ts';
