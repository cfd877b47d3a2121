import { randomBytes } from 'node:crypto';
import type { DeviceId } from '../../protocol/crypto/index.ts';
import {
  answerHello,
  decodeJoinMessage,
  deviceAdded,
  encodeJoinMessage,
  JOIN_NONCE_BYTES,
  type JoinExchange,
  type JoinMessage,
  type JoinRefusal,
  judgeProof,
  mayAdminister,
  type ProofContext,
} from '../../protocol/membership/index.ts';
import type { FramePipe } from '../../transports/index.ts';
import { appendDrafts, type Device } from './device.ts';
import type { InviteBook } from './invite-book.ts';

/** Time in which each message of a joining device must come. */
const ANSWER_TIMEOUT_MS = 10_000;

/** The inviting side of `/smo/join/1.0.0`: lets in who proves to hold an open invite. */
export class JoinDesk {
  readonly #device: Device;
  readonly #invites: InviteBook;
  readonly #nowMs: () => number;
  #decided: Promise<unknown> = Promise.resolve();

  constructor(device: Device, invites: InviteBook, nowMs: () => number = Date.now) {
    this.#device = device;
    this.#invites = invites;
    this.#nowMs = nowMs;
  }

  /**
   * Serves one device that wants to join; resolves with its name if it was let in. Several can be served at a time;
   * their proofs are judged one after the other.
   */
  async serve(pipe: FramePipe): Promise<string | undefined> {
    try {
      return await this.#serve(pipe);
    } finally {
      await pipe.close();
    }
  }

  async #serve(pipe: FramePipe): Promise<string | undefined> {
    const hello = await receive(pipe);
    if (hello?.type !== 'hello' || !mayInvite(this.#device)) return refuse(pipe);
    const { message, exchange } = answerHello(this.#invites.list(), hello, {
      space: this.#device.space,
      inviter: this.#device.signer.device,
      joiner: pipe.peer,
      nonce: new Uint8Array(randomBytes(JOIN_NONCE_BYTES)),
    });
    await send(pipe, message);
    if (exchange === undefined) return undefined;
    const proof = await receive(pipe);
    if (proof?.type !== 'proof') return refuse(pipe);
    return this.#admit(pipe, exchange, proof.proof);
  }

  async #admit(pipe: FramePipe, exchange: JoinExchange, proof: Uint8Array): Promise<string | undefined> {
    // One after the other: who broke off and came back must find what became of the first dialogue.
    const decided = this.#decided.then(() => this.#decide(exchange, proof));
    this.#decided = decided.catch(() => undefined);
    const refusal = await decided;
    if (refusal !== undefined) return refuse(pipe, refusal);
    await send(pipe, { type: 'welcome', genesis: this.#device.genesis });
    return exchange.transcript.name;
  }

  /** Judges a proof and adds who gave it; gives why not, if not. */
  async #decide(exchange: JoinExchange, proof: Uint8Array): Promise<JoinRefusal | undefined> {
    // It may have been spent, missed or taken back since the hello, and this device may have been revoked.
    const held = this.#invites.current(exchange.invite);
    if (held === undefined || !mayInvite(this.#device)) return 'ticket_refused';
    const { joiner, name } = exchange.transcript;
    const standing = this.#standing(joiner);
    const { invite, refusal } = judgeProof({ ...exchange, invite: held }, proof, {
      nowMs: this.#nowMs(),
      standing,
    });
    if (invite !== held) await this.#invites.update(invite);
    if (refusal === undefined && standing === 'stranger') {
      await appendDrafts(this.#device, [deviceAdded({ device: joiner, name, role: invite.role })]);
    }
    return refusal;
  }

  #standing(device: DeviceId): ProofContext['standing'] {
    const { membership } = this.#device.host.engine;
    if (membership.former.has(device)) return 'revoked';
    return membership.get(device) === undefined ? 'stranger' : 'member';
  }
}

/** Whether an add that this device writes would count. It may have been an admin when it made the invite. */
const mayInvite = ({ host, signer }: Device): boolean => {
  const self = host.engine.membership.get(signer.device);
  return self !== undefined && mayAdminister(self.role);
};

/** The next message of the other side; undefined for one that cannot be read. */
const receive = async (pipe: FramePipe): Promise<JoinMessage | undefined> =>
  decodeJoinMessage(await pipe.receive({ signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) }));

const send = (pipe: FramePipe, message: JoinMessage): Promise<void> => pipe.send(encodeJoinMessage(message));

const refuse = async (pipe: FramePipe, code: JoinRefusal = 'ticket_refused'): Promise<undefined> => {
  await send(pipe, { type: 'refused', code });
};
