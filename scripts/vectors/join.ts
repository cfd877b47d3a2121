import { base32, encodeProtobuf, type ProtobufField } from '../../protocol/bytes/index.ts';
import { publicKeyOf } from '../../protocol/crypto/index.ts';
import { encodeRecord } from '../../protocol/event/index.ts';
import {
  answerHello,
  encodeJoinMessage,
  encodeTicket,
  Joiner,
  type JoinMessage,
  type JoinRefusal,
  spaceCreated,
  spaceIdOf,
  type Ticket,
} from '../../protocol/membership/index.ts';
import { portableCrypto as crypto } from '../../protocol/portable-crypto/index.ts';
import { bytes, number, text, ticketOf } from '../../test/support/protobuf-fields.ts';
import { testLog } from '../../test/support/test-log.ts';
import { hex } from './hex.ts';

const [INVITER, JOINER] = [testLog(1).signer.device, testLog(2).signer.device];
const DRAFT = spaceCreated({ name: 'home', deviceName: 'first', nonce: 'aaaaaaaaaaaaaaaa' });
const GENESIS = { origin: testLog(1).origin, record: encodeRecord({ ...DRAFT, timestamp: 5 }) };
const SPACE = spaceIdOf(crypto, GENESIS);

const bytesFrom = (first: number): Uint8Array => Uint8Array.from({ length: 16 }, (_, i) => first + i);

const TICKET: Ticket = {
  space: SPACE,
  inviter: INVITER,
  addresses: ['/ip4/192.0.2.7/tcp/4001', '/dns4/home.example.org/tcp/443/wss'],
  role: 'writer',
  expiresAt: 1_750_000_000_000,
  secret: bytesFrom(0x10),
};

const ticket = (
  comment: string,
  over: Partial<Ticket> = {},
  spell: (text: string) => string = (text) => text,
) => {
  const value = { ...TICKET, ...over };
  return {
    comment,
    ticket: { ...value, secret: hex(value.secret) },
    text: spell(encodeTicket(crypto, value)),
  };
};

const FIELDS: readonly ProtobufField[] = [
  bytes(1, base32.decode(SPACE) ?? new Uint8Array()),
  bytes(2, publicKeyOf(INVITER)),
  text(3, '/ip4/192.0.2.7/tcp/4001'),
  text(4, 'writer'),
  number(5, TICKET.expiresAt),
  bytes(6, TICKET.secret),
];

const replaced = (tag: number, ...by: readonly ProtobufField[]): string =>
  ticketOf(FIELDS.flatMap((field) => (field.tag === tag ? by : [field])));

const GOOD = encodeTicket(crypto, TICKET);

const dialogue = () => {
  const [joinerNonce, inviterNonce] = [bytesFrom(0x20), bytesFrom(0x30)];
  const joiner = new Joiner(crypto, TICKET, { joiner: JOINER, name: 'Küche 🍳', nonce: joinerNonce });
  const hello = joiner.hello();
  if (hello.type !== 'hello') throw new Error('not a hello');
  const invite = { ...TICKET, attempts: 0, spent: false };
  const { message: challenge } = answerHello([invite], hello, {
    space: SPACE,
    inviter: INVITER,
    joiner: JOINER,
    nonce: inviterNonce,
  });
  const step = joiner.receive(challenge);
  if (!step.ok || step.value.type !== 'send') throw new Error('not challenged');
  const proof = step.value.message;
  const welcome: JoinMessage = { type: 'welcome', genesis: GENESIS };
  return {
    comment: 'a join that succeeds, with the ticket and the space above',
    secret: hex(TICKET.secret),
    space: SPACE,
    inviter: INVITER,
    joiner: JOINER,
    name: 'Küche 🍳',
    joinerNonce: hex(joinerNonce),
    inviterNonce: hex(inviterNonce),
    messages: [hello, challenge, proof, welcome].map((message) => ({
      type: message.type,
      bytes: hex(encodeJoinMessage(message)),
    })),
  };
};

const refused = (code: JoinRefusal) => ({ code, bytes: hex(encodeJoinMessage({ type: 'refused', code })) });

const message = (comment: string, ...fields: readonly ProtobufField[]) => ({
  comment,
  bytes: hex(encodeProtobuf(fields)),
});

const ID = new Uint8Array(16);
const PROOF = new Uint8Array(32);

export const joinVectors = () => ({
  comment:
    'Tickets, and the messages of a join. Bytes in hex. `tickets`: what a ticket says and its text, which is read back as that. `malformed`: texts that are refused as `ticket_malformed`. `genesis`: the record whose leaf hash is the id of the space. `dialogue`: the frames of a join, in order; they follow from the secret, the ids, the nonces and the name. `refusals`: a refused message for each code. `unreadable`: frames that are no join message.',
  genesis: { origin: GENESIS.origin, record: hex(GENESIS.record), space: SPACE },
  tickets: [
    ticket('two addresses'),
    ticket('no address, for an admin', { addresses: [], role: 'admin' }),
    ticket('a reader', { role: 'reader' }),
    ticket('a replica, with the earliest expiry and a secret of zeroes', {
      role: 'replica',
      expiresAt: 0,
      secret: new Uint8Array(16),
    }),
    ticket('the latest expiry, and as many addresses as fit', {
      addresses: Array.from({ length: 16 }, (_, i) => `/ip4/192.0.2.${i}/tcp/4001`),
      expiresAt: 8.64e15,
    }),
    ticket('in capitals', {}, (spelt) => spelt.toUpperCase()),
    ticket('wrapped by a messenger', {}, (spelt) => ` ${spelt.replaceAll(/.{40}/g, '$&\r\n\t')}\n`),
  ],
  malformed: [
    { comment: 'nothing', text: '' },
    { comment: 'another prefix', text: `smo2${GOOD.slice(4)}` },
    { comment: 'the prefix alone', text: 'smo1' },
    { comment: 'a checksum of nothing', text: ticketOf([]) },
    { comment: 'its end is missing', text: GOOD.slice(0, -1) },
    { comment: 'a character too many', text: `${GOOD}a` },
    { comment: 'a character that base32 does not have', text: `${GOOD.slice(0, 20)}1${GOOD.slice(21)}` },
    {
      comment: 'one character mistyped',
      text: `${GOOD.slice(0, 20)}${GOOD[20] === 'a' ? 'b' : 'a'}${GOOD.slice(21)}`,
    },
    { comment: 'without a space', text: replaced(1) },
    { comment: 'a space id of 31 bytes', text: replaced(1, bytes(1, new Uint8Array(31))) },
    { comment: 'without an inviter', text: replaced(2) },
    {
      comment: 'an inviter whose key is no Ed25519 key',
      text: replaced(2, bytes(2, new Uint8Array(32).fill(0xff))),
    },
    {
      comment: '17 addresses',
      text: replaced(3, ...Array.from({ length: 17 }, (_, i) => text(3, `/ip4/192.0.2.${i}/tcp/4001`))),
    },
    { comment: 'an address that is no UTF-8', text: replaced(3, bytes(3, Uint8Array.of(0xff))) },
    { comment: 'without a role', text: replaced(4) },
    { comment: 'an unknown role', text: replaced(4, text(4, 'king')) },
    { comment: 'without an expiry', text: replaced(5) },
    { comment: 'an expiry beyond the calendar', text: replaced(5, number(5, 8.64e15 + 1)) },
    { comment: 'without a secret', text: replaced(6) },
    { comment: 'a secret of 15 bytes', text: replaced(6, bytes(6, new Uint8Array(15))) },
    {
      comment: 'more than 4,096 characters',
      text: replaced(3, text(3, `/dns4/${'x'.repeat(2_500)}/tcp/1`)),
    },
  ],
  dialogue: dialogue(),
  refusals: (['ticket_refused', 'ticket_expired', 'ticket_spent', 'device_revoked'] as const).map(refused),
  unreadable: [
    message('nothing'),
    message('no type', bytes(2, ID)),
    message('an unknown type', number(1, 6), bytes(2, ID)),
    message('a type that is not first', bytes(2, PROOF), number(1, 3)),
    message(
      'a hello with an id of 15 bytes',
      number(1, 1),
      bytes(2, ID.subarray(1)),
      bytes(3, ID),
      text(4, 'x'),
    ),
    message('a hello without a name', number(1, 1), bytes(2, ID), bytes(3, ID)),
    message('a challenge with a proof of 31 bytes', number(1, 2), bytes(2, ID), bytes(3, PROOF.subarray(1))),
    message('a proof that is a number', number(1, 3), number(2, 32)),
    message('a welcome from what is no log', number(1, 4), text(2, 'x.y'), bytes(3, ID)),
    message('a welcome without a record', number(1, 4), text(2, GENESIS.origin)),
    message('a refusal of an unknown code', number(1, 5), text(2, 'tired')),
    { comment: 'a field that is cut off', bytes: '0801120510' },
  ],
});
