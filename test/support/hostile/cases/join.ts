import { generateKeyPairSync } from 'node:crypto';
import { nativeCrypto } from '../../../../node/crypto/index.ts';
import type { DeviceId } from '../../../../protocol/crypto/index.ts';
import {
  decodeJoinMessage,
  decodeTicket,
  encodeJoinMessage,
  Joiner,
  type JoinMessage,
  type Ticket,
} from '../../../../protocol/membership/index.ts';
import type { HostileCase } from '../byzantine.ts';
import { JOIN_PROTOCOL, RawPeer } from '../raw-peer.ts';
import type { RawStream } from '../raw-stream.ts';
import type { Scene } from '../scene.ts';

/** A device that is no member, and what it may join with. */
interface Guest {
  readonly ticket: Ticket;
  /** A joining side that knows the ticket. */
  joiner(nonce?: number): Joiner;
  /** Opens a dialogue. */
  dialogue(): Promise<RawStream>;
}

const guest = async (scene: Scene): Promise<Guest> => {
  const { arena } = scene;
  const { privateKey } = generateKeyPairSync('ed25519');
  const seed = new Uint8Array(privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-32));
  const peer = await RawPeer.start(seed);
  scene.defer(() => peer.stop());
  const { ticket: text } = await arena.victim.api.invite({ role: 'writer', expiresInMs: 60_000 });
  const ticket = decodeTicket(nativeCrypto, text);
  if (!ticket.ok) throw new Error(ticket.fault.message);
  const connection = await peer.connect(arena.victim.addresses);
  return {
    ticket: ticket.value,
    joiner: (nonce = 7) =>
      new Joiner(nativeCrypto, ticket.value, {
        joiner: peer.device as DeviceId,
        name: 'guest',
        nonce: new Uint8Array(16).fill(nonce),
      }),
    dialogue: () => peer.open(connection, JOIN_PROTOCOL),
  };
};

const say = (stream: RawStream, message: JoinMessage): void => stream.sendFramed(encodeJoinMessage(message));

const answer = async (stream: RawStream, index: number): Promise<JoinMessage | undefined> =>
  decodeJoinMessage(await stream.nth(index));

const mustBeRefused = async (stream: RawStream, index: number, code = 'ticket_refused'): Promise<void> => {
  const message = await answer(stream, index);
  const found = message?.type === 'refused' ? message.code : message?.type;
  if (found !== code) throw new Error(`the answer is ${found}, not ${code}`);
};

/** The joining side's proof in a dialogue, which it may send, or keep. */
const proofIn = async (stream: RawStream, joiner: Joiner): Promise<JoinMessage> => {
  say(stream, joiner.hello());
  const step = joiner.receive(await answer(stream, 0));
  if (!step.ok || step.value.type !== 'send') throw new Error('there was no challenge');
  return step.value.message;
};

const forGuest =
  (attack: (guest: Guest, scene: Scene) => Promise<void>): HostileCase['attack'] =>
  async (scene) => {
    await attack(await guest(scene), scene);
  };

/** Frames that one side may send before the other one reads them. */
const UNREAD_FRAMES_MAX = 64;

/** Cases of the join protocol. Whoever is no member has no strikes: it is refused, and the invite closes. */
export const JOIN_CASES: readonly HostileCase[] = [
  {
    kind: 'replayed tickets',
    title: 'joins with a ticket that was used',
    async attack({ arena, intruder }) {
      const copy = arena.device(`${intruder.name}-copy`);
      const said = await copy.run('join', intruder.ticket, '--name', 'copy').catch(String);
      if (!String(said).includes('ticket_spent')) throw new Error(`the ticket was taken: ${said}`);
    },
  },
  {
    kind: 'replayed tickets',
    title: 'says once more what proved a ticket in another dialogue',
    attack: forGuest(async ({ joiner, dialogue }) => {
      const overheard = await dialogue();
      const proof = await proofIn(overheard, joiner());
      overheard.abort();
      const replay = await dialogue();
      await proofIn(replay, joiner());
      say(replay, proof);
      await mustBeRefused(replay, 1);
    }),
  },
  {
    kind: 'join abuse',
    title: 'guesses five times, and then knows the ticket too late',
    attack: forGuest(async ({ joiner, dialogue }) => {
      for (let guess = 1; guess <= 5; guess += 1) {
        const stream = await dialogue();
        await proofIn(stream, joiner(guess));
        say(stream, { type: 'proof', proof: new Uint8Array(32).fill(guess) });
        await mustBeRefused(stream, 1);
        await stream.close();
      }
      const late = await dialogue();
      say(late, await proofIn(late, joiner()));
      await mustBeRefused(late, 1);
    }),
  },
  {
    kind: 'join abuse',
    title: 'sends rubbish in place of a greeting',
    attack: forGuest(async ({ dialogue }) => {
      const stream = await dialogue();
      stream.sendFramed(Uint8Array.of(1, 2, 3));
      await mustBeRefused(stream, 0);
    }),
  },
  {
    kind: 'join abuse',
    title: 'names an invite that there is not',
    attack: forGuest(async ({ joiner, dialogue }) => {
      const stream = await dialogue();
      say(stream, { ...joiner().hello(), inviteId: new Uint8Array(16) } as JoinMessage);
      await mustBeRefused(stream, 0);
    }),
  },
  {
    kind: 'join abuse',
    title: 'asks for a name that is none',
    attack: forGuest(async ({ joiner, dialogue }) => {
      const stream = await dialogue();
      say(stream, { ...joiner().hello(), name: 'x'.repeat(129) } as JoinMessage);
      await mustBeRefused(stream, 0);
    }),
  },
  {
    kind: 'join abuse',
    title: 'welcomes in place of proving',
    attack: forGuest(async ({ joiner, dialogue }, { victimLog }) => {
      const stream = await dialogue();
      await proofIn(stream, joiner());
      say(stream, { type: 'welcome', genesis: { origin: victimLog, record: Uint8Array.of(0) } });
      await mustBeRefused(stream, 1);
    }),
  },
  {
    kind: 'join abuse',
    title: 'says more than a dialogue needs',
    flood: true,
    attack: forGuest(async ({ joiner, dialogue }) => {
      const stream = await dialogue();
      await proofIn(stream, joiner());
      const late = await dialogue();
      // The second dialogue waits for the first one, so nothing of it is read.
      for (let n = 0; n <= 4 * UNREAD_FRAMES_MAX; n += 1) late.sendFramed(new Uint8Array(1_000));
      await late.closed;
      stream.abort();
    }),
  },
];
