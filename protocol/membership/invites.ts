import { equalSecrets, hexEncode } from '../bytes/index.ts';
import type { DeviceId } from '../crypto/index.ts';
import type { SpaceId } from '../manifest/index.ts';
import { isLabel } from './control-event.ts';
import { inviteIdOf, type JoinTranscript, joinProof } from './join.ts';
import type { JoinMessage, JoinRefusal } from './join-messages.ts';
import type { Role } from './role.ts';

/** Wrong proofs after which an invite closes. */
export const INVITE_ATTEMPTS_MAX = 5;

/** An invite that this device made. */
export interface Invite {
  readonly secret: Uint8Array;
  readonly role: Role;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  /** Wrong proofs so far. */
  readonly attempts: number;
  readonly spent: boolean;
}

/** Whether an invite can still be used at `nowMs`. */
export const isOpen = (invite: Invite, nowMs: number): boolean =>
  !invite.spent && invite.attempts < INVITE_ATTEMPTS_MAX && nowMs < invite.expiresAt;

/** An exchange that has been answered with a challenge. */
export interface JoinExchange {
  /** As it was when the hello came. */
  readonly invite: Invite;
  readonly transcript: JoinTranscript;
}

/** What the inviter knows by the time the proof comes. */
export interface ProofContext {
  readonly nowMs: number;
  /** What the joining device is to the space by now: a member when it was let in and did not hear of it. */
  readonly standing: 'stranger' | 'member' | 'revoked';
}

/** The inviter's answer to a hello: a challenge, or a refusal when it knows no such invite. */
export const answerHello = (
  invites: readonly Invite[],
  hello: Extract<JoinMessage, { type: 'hello' }>,
  context: {
    readonly space: SpaceId;
    readonly inviter: DeviceId;
    /** Authenticated by the transport. */
    readonly joiner: DeviceId;
    /** 16 random bytes. */
    readonly nonce: Uint8Array;
  },
): { readonly message: JoinMessage; readonly exchange?: JoinExchange } => {
  const invite = invites.find(({ secret }) => equalSecrets(inviteIdOf(secret), hello.inviteId));
  if (invite === undefined || !isLabel(hello.name)) {
    return { message: { type: 'refused', code: 'ticket_refused' } };
  }
  const { space, inviter, joiner, nonce } = context;
  const transcript = {
    space,
    inviter,
    joiner,
    joinerNonce: hello.nonce,
    inviterNonce: nonce,
    name: hello.name,
  };
  return {
    message: { type: 'challenge', nonce, proof: joinProof(invite.secret, 'inviter', transcript) },
    exchange: { invite, transcript },
  };
};

/**
 * The inviter's verdict on a proof. What is wrong with a ticket is told only after the proof: to anyone else
 * a refusal says nothing.
 *
 * @returns the invite as it is from now on, and why it refuses, if it does
 */
export const judgeProof = (
  { invite, transcript }: JoinExchange,
  proof: Uint8Array,
  { nowMs, standing }: ProofContext,
): { readonly invite: Invite; readonly refusal?: JoinRefusal } => {
  if (!equalSecrets(proof, joinProof(invite.secret, 'joiner', transcript))) {
    return { invite: { ...invite, attempts: invite.attempts + 1 }, refusal: 'ticket_refused' };
  }
  // It was let in before, and the welcome was lost with the connection.
  if (standing === 'member') return { invite };
  if (invite.spent) return { invite, refusal: 'ticket_spent' };
  if (nowMs >= invite.expiresAt) return { invite, refusal: 'ticket_expired' };
  if (invite.attempts >= INVITE_ATTEMPTS_MAX) return { invite, refusal: 'ticket_refused' };
  // The ticket is none the worse for it: another device can join with it.
  if (standing === 'revoked') return { invite, refusal: 'device_revoked' };
  return { invite: { ...invite, spent: true } };
};

/** Name of an invite for lists and storage: hexadecimal, says nothing about the secret. */
export const inviteName = (invite: Invite): string => hexEncode(inviteIdOf(invite.secret));
