import { randomBytes } from 'node:crypto';
import {
  answerHello,
  decodeJoinMessage,
  deviceAdded,
  encodeJoinMessage,
  JOIN_NONCE_BYTES,
  type JoinMessage,
  judgeProof,
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
  /** One device is dealt with after the other, so that one invite lets in one. */
  #queue: Promise<void> = Promise.resolve();

  constructor(device: Device, invites: InviteBook) {
    this.#device = device;
    this.#invites = invites;
  }

  /** Serves one device that wants to join; resolves with its name if it was let in. */
  serve(pipe: FramePipe): Promise<string | undefined> {
    const served = this.#queue.then(() => this.#serve(pipe));
    this.#queue = served.then(
      () => undefined,
      () => undefined,
    );
    return served.finally(() => pipe.close());
  }

  async #serve(pipe: FramePipe): Promise<string | undefined> {
    const hello = await receive(pipe);
    if (hello?.type !== 'hello') return refuse(pipe);
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
    const { invite, refusal } = judgeProof(exchange, proof.proof, Date.now());
    await this.#invites.update(invite);
    if (refusal !== undefined) {
      await send(pipe, { type: 'refused', code: refusal });
      return undefined;
    }
    await appendDrafts(this.#device, [
      deviceAdded({ device: pipe.peer, name: hello.name, role: invite.role }),
    ]);
    await send(pipe, { type: 'welcome', genesis: this.#device.genesis });
    return hello.name;
  }
}

/** The next message of the other side; undefined for one that cannot be read. */
const receive = async (pipe: FramePipe): Promise<JoinMessage | undefined> =>
  decodeJoinMessage(await pipe.receive({ signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) }));

const send = (pipe: FramePipe, message: JoinMessage): Promise<void> => pipe.send(encodeJoinMessage(message));

const refuse = async (pipe: FramePipe): Promise<undefined> => {
  await send(pipe, { type: 'refused', code: 'ticket_refused' });
};
