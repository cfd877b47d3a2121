import { nativeCrypto } from '../../../node/crypto/index.ts';
import { base32, utf8Decode, utf8Encode } from '../../../protocol/bytes/index.ts';
import { decodeRecord, encodeRecord } from '../../../protocol/event/index.ts';
import { decodeManifest, encodeManifest } from '../../../protocol/manifest/index.ts';
import {
  decodeJoinMessage,
  decodeTicket,
  encodeJoinMessage,
  encodeTicket,
  type JoinMessage,
  type Ticket,
} from '../../../protocol/membership/index.ts';
import { decodeFrame, encodeFrame, type SyncFrame } from '../../../protocol/sync/index.ts';
import { numberedRecords, signRange, TEST_SPACE, testLog } from '../test-log.ts';

/** A decoder of bytes that come from anywhere. */
export interface Subject {
  readonly name: string;
  /** How many of 1,000 inputs are for this one. */
  readonly share: number;
  /** Valid inputs, of each kind at least one. */
  readonly good: readonly Uint8Array[];
  /** What the bytes say; undefined when they are refused. */
  decode(bytes: Uint8Array): unknown;
  /** The bytes of what {@link decode} gave. */
  encode(value: never): Uint8Array;
}

const log = testLog(1);
const { origin, signer } = log;
const records = numberedRecords(1, 3);
const { manifest } = signRange(log, undefined, records);
const sealed = signRange(log, undefined, records, { sealed: true }).manifest;
const hash = (n: number): Uint8Array =>
  Uint8Array.from({ length: 32 }, (_, index) => (n * 37 + index) & 0xff);

const spelled = { type: 'origin', origin } as const;
const alias = (number: number) => ({ type: 'alias', by: 'receiver', number }) as const;

const entry = (n: number) => ({
  log: n === 0 ? spelled : alias(n),
  segment: n,
  events: n + 1,
  seq: 100 * n + 1,
  sealed: n % 2 === 1,
  frozen: false,
  commitment: hash(n),
});

const frozen = {
  log: { type: 'alias', by: 'sender', number: 0 },
  segment: 0,
  events: 0,
  seq: 12,
  sealed: false,
  frozen: true,
  commitment: new Uint8Array(32),
} as const;

const hello = {
  type: 'hello',
  version: 1,
  spaceTag: hash(1).subarray(24),
  storeId: 'a store',
  arrivals: 300,
  frontierDigest: hash(2).subarray(16),
} as const;

const FRAMES: readonly SyncFrame[] = [
  hello,
  { ...hello, cursor: { storeId: 'another store', arrivals: 2 ** 31 } },
  { type: 'compare', frontierDigest: hash(3).subarray(16), arrivals: 5 },
  { type: 'compare', arrivals: 2 ** 32 },
  { type: 'frontier', entries: [], arrivals: 0, last: true },
  { type: 'frontier', entries: [...[0, 1, 2, 300].map(entry), frozen], arrivals: 300, last: false },
  { type: 'frontier', entries: [], arrivals: 7, last: true, held: { arrivals: 3, missing: [alias(70)] } },
  {
    type: 'frontier',
    entries: [{ ...entry(1), events: 3 }],
    arrivals: 8,
    last: false,
    brought: { manifest: encodeManifest(manifest), records },
  },
  {
    type: 'frontier',
    entries: [entry(1)],
    arrivals: 9,
    last: false,
    brought: { manifest: encodeManifest(sealed), records: [] },
  },
  { type: 'look', paths: ['', '0a', 'ffff'] },
  {
    type: 'node',
    path: '',
    content: { type: 'children', hashes: Array.from({ length: 16 }, (_, n) => hash(n).subarray(16)) },
  },
  { type: 'node', path: '3c', content: { type: 'entries', entries: [0, 1].map(entry) } },
  { type: 'want', want: 300, log: spelled, segment: 2, events: 5, until: 7 },
  { type: 'want', want: 1, log: alias(5), segment: 2, events: 0, until: 2 },
  { type: 'range', want: 1, manifest: encodeManifest(sealed), records, follows: 'segment' },
  { type: 'range', want: 2 ** 32, records: [], follows: 'nothing' },
  { type: 'range', want: 3, records, follows: 'records' },
  { type: 'evidence', evidence: hash(4) },
  { type: 'want-end', want: 7 },
  { type: 'credit', bytes: 2 ** 31 },
  { type: 'fault', code: 'bad_range', message: 'a récord that does not join' },
];

const JOIN_MESSAGES: readonly JoinMessage[] = [
  { type: 'hello', inviteId: hash(1).subarray(16), nonce: hash(2).subarray(16), name: 'lap töp' },
  { type: 'challenge', nonce: hash(3).subarray(16), proof: hash(4) },
  { type: 'proof', proof: hash(5) },
  { type: 'welcome', genesis: { origin, record: records[0] ?? hash(0) } },
  { type: 'refused', code: 'ticket_spent' },
];

const TICKETS: readonly Ticket[] = [
  {
    space: TEST_SPACE,
    inviter: signer.device,
    addresses: ['/ip4/192.0.2.7/tcp/4001', '/ip6/2001:db8::1/tcp/4001'],
    role: 'writer',
    expiresAt: 1_800_000_000_000,
    secret: hash(6).subarray(16),
  },
  {
    space: TEST_SPACE,
    inviter: signer.device,
    addresses: [],
    role: 'admin',
    expiresAt: 0,
    secret: hash(7).subarray(16),
  },
];

const RECORDS = [
  encodeRecord({ entityId: 'e', payload: {}, timestamp: 0, type: 'notes/Seen' }),
  encodeRecord({
    actor: 'someone',
    entityId: 'é',
    payload: { id: 'r', type: 'near', deep: [{ n: 1.5 }, null, true] },
    seen: { [origin]: 12 },
    source: { id: 'x' },
    timestamp: 1_700_000_000_000,
    type: 'plos.core/RelationAdded',
  }),
];

/** Length of the checksum of a ticket. */
const CHECKSUM_BYTES = 4;

/** The message in a ticket, which mutations of its text would never reach past the checksum. */
const ticketMessage = (text: string): Uint8Array =>
  (base32.decode(text.slice('smo1'.length)) ?? new Uint8Array()).subarray(0, -CHECKSUM_BYTES);

const ticketAround = (message: Uint8Array): string => {
  const checksum = nativeCrypto.sha256(message).subarray(0, CHECKSUM_BYTES);
  return `smo1${base32.encode(Uint8Array.from([...message, ...checksum]))}`;
};

const value = <Value>(verdict: { readonly ok: boolean; readonly value?: Value }): Value | undefined =>
  verdict.ok ? verdict.value : undefined;

/** Every decoder of what peers send, and of what a person may paste. */
export const SUBJECTS: readonly Subject[] = [
  {
    name: 'sync frame',
    share: 600,
    good: FRAMES.map(encodeFrame),
    decode: (bytes) => value(decodeFrame(bytes)),
    encode: encodeFrame,
  },
  {
    name: 'join message',
    share: 150,
    good: JOIN_MESSAGES.map(encodeJoinMessage),
    decode: decodeJoinMessage,
    encode: encodeJoinMessage,
  },
  {
    name: 'ticket',
    share: 40,
    good: TICKETS.map((ticket) => ticketMessage(encodeTicket(nativeCrypto, ticket))),
    decode: (bytes) => value(decodeTicket(nativeCrypto, ticketAround(bytes))),
    encode: (ticket: Ticket) => ticketMessage(encodeTicket(nativeCrypto, ticket)),
  },
  {
    name: 'text of a ticket',
    share: 20,
    good: TICKETS.map((ticket) => utf8Encode(encodeTicket(nativeCrypto, ticket))),
    decode: (bytes) => value(decodeTicket(nativeCrypto, utf8Decode(bytes) ?? '')),
    encode: (ticket: Ticket) => utf8Encode(encodeTicket(nativeCrypto, ticket)),
  },
  {
    name: 'manifest',
    share: 90,
    good: [manifest, sealed].map(encodeManifest),
    decode: (bytes) => value(decodeManifest(bytes)),
    encode: encodeManifest,
  },
  {
    name: 'record',
    share: 100,
    good: RECORDS,
    decode: (bytes) => value(decodeRecord(bytes)),
    encode: encodeRecord,
  },
];
