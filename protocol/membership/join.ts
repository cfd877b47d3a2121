import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { canonicalBytes, equalSecrets, hexEncode, utf8Encode } from '../bytes/index.ts';
import type { Crypto, DeviceId } from '../crypto/index.ts';
import { accept, refuse, type Verdict } from '../fault/index.ts';
import type { SpaceId } from '../manifest/index.ts';
import { type Genesis, verifyGenesis } from './genesis.ts';
import { INVITE_ID_BYTES, type JoinMessage, type JoinRefusal } from './join-messages.ts';
import type { Ticket } from './ticket.ts';

/** What both sides of a join bind their proofs to. */
export interface JoinTranscript {
  readonly space: SpaceId;
  readonly inviter: DeviceId;
  readonly joiner: DeviceId;
  readonly joinerNonce: Uint8Array;
  readonly inviterNonce: Uint8Array;
  /** Name that the joining device asks to be known by. */
  readonly name: string;
}

/** Which side a proof is from; it is part of what is proven, so that no proof can be sent back. */
export type JoinSide = 'inviter' | 'joiner';

/** Name of an invite: says which secret is meant without giving it away. */
export const inviteIdOf = (secret: Uint8Array): Uint8Array =>
  hmac(sha256, secret, utf8Encode('smo/join/1 invite')).subarray(0, INVITE_ID_BYTES);

/**
 * Proof that a side holds the secret of the invite: HMAC-SHA-256 (RFC 2104) under the secret, over the side
 * and the canonical JSON of the transcript. Noise has authenticated both device ids before.
 */
export const joinProof = (secret: Uint8Array, side: JoinSide, transcript: JoinTranscript): Uint8Array => {
  const { joinerNonce, inviterNonce, ...names } = transcript;
  const bound = canonicalBytes({
    ...names,
    protocol: 'smo/join/1',
    side,
    joinerNonce: hexEncode(joinerNonce),
    inviterNonce: hexEncode(inviterNonce),
  });
  return hmac(sha256, secret, bound);
};

/** What the joining side does next after a message of the inviter. */
export type JoinerStep =
  | { readonly type: 'send'; readonly message: JoinMessage }
  | { readonly type: 'joined'; readonly genesis: Genesis };

/** Why a join fails on the joiner's side. */
export type JoinerFault = JoinRefusal | 'join_protocol' | 'wrong_space';

/** The joining side of `/smo/join/1.0.0`, without I/O: hands out the first message, then answers each reply. */
export class Joiner {
  readonly #crypto: Crypto;
  readonly #ticket: Ticket;
  readonly #joiner: DeviceId;
  readonly #name: string;
  readonly #nonce: Uint8Array;
  #challenged = false;

  /** @param input `nonce`: 16 random bytes */
  constructor(
    crypto: Crypto,
    ticket: Ticket,
    input: { readonly joiner: DeviceId; readonly name: string; readonly nonce: Uint8Array },
  ) {
    this.#crypto = crypto;
    this.#ticket = ticket;
    this.#joiner = input.joiner;
    this.#name = input.name;
    this.#nonce = input.nonce;
  }

  /** The message that opens the exchange. */
  hello(): JoinMessage {
    return { type: 'hello', inviteId: inviteIdOf(this.#ticket.secret), nonce: this.#nonce, name: this.#name };
  }

  /** Takes the inviter's message. */
  receive(message: JoinMessage | undefined): Verdict<JoinerStep, JoinerFault> {
    if (message?.type === 'refused') return refuse(message.code, REFUSAL_TEXT[message.code]);
    if (message?.type === 'challenge' && !this.#challenged) return this.#prove(message);
    if (message?.type === 'welcome' && this.#challenged) {
      const genesis = verifyGenesis(this.#crypto, this.#ticket.space, message.genesis);
      return genesis.ok ? accept({ type: 'joined', genesis: message.genesis }) : genesis;
    }
    return refuse('join_protocol', 'the inviting device sent something that is not part of joining');
  }

  #prove(challenge: Extract<JoinMessage, { type: 'challenge' }>): Verdict<JoinerStep, JoinerFault> {
    const { space, inviter, secret } = this.#ticket;
    const transcript: JoinTranscript = {
      space,
      inviter,
      joiner: this.#joiner,
      joinerNonce: this.#nonce,
      inviterNonce: challenge.nonce,
      name: this.#name,
    };
    if (!equalSecrets(challenge.proof, joinProof(secret, 'inviter', transcript))) {
      return refuse('join_protocol', 'the other device could not prove that it made this ticket');
    }
    this.#challenged = true;
    return accept({
      type: 'send',
      message: { type: 'proof', proof: joinProof(secret, 'joiner', transcript) },
    });
  }
}

const REFUSAL_TEXT: Readonly<Record<JoinRefusal, string>> = {
  ticket_refused: 'the inviting device does not accept this ticket',
  ticket_expired: 'this ticket has expired',
  ticket_spent: 'this ticket has been used already',
  device_revoked: 'this device has been removed from the space, which is for ever',
};
