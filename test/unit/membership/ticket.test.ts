import { describe, expect, it } from 'vitest';
import { base32, type ProtobufField } from '../../../protocol/bytes/index.ts';
import { publicKeyOf } from '../../../protocol/crypto/index.ts';
import { EVENT_LIMITS } from '../../../protocol/event/index.ts';
import { decodeTicket, encodeTicket, type Ticket } from '../../../protocol/membership/index.ts';
import { TICKET_ADDRESSES_MAX } from '../../../protocol/membership/ticket.ts';
import { portableCrypto as crypto } from '../../../protocol/portable-crypto/index.ts';
import { bytes, text, ticketOf } from '../../support/protobuf-fields.ts';
import { TEST_SPACE, testLog } from '../../support/test-log.ts';

const INVITER = testLog(1).signer.device;

const TICKET: Ticket = {
  space: TEST_SPACE,
  inviter: INVITER,
  addresses: ['/ip4/192.0.2.1/tcp/4001', '/ip6/2001:db8::1/tcp/4001'],
  role: 'writer',
  expiresAt: 1_750_000_000_000,
  secret: Uint8Array.from({ length: 16 }, (_, i) => i * 15),
};
const TEXT = encodeTicket(crypto, TICKET);

const accepted = (text: string, ticket = TICKET): void =>
  expect(decodeTicket(crypto, text)).toEqual({ ok: true, value: ticket });

const refused = (text: string, ...words: readonly string[]): void =>
  expect(decodeTicket(crypto, text)).toMatchObject({
    ok: false,
    fault: { code: 'ticket_malformed', message: expect.stringMatching(words.join('.*')) },
  });

const FIELDS: readonly ProtobufField[] = [
  bytes(1, base32.decode(TEST_SPACE) ?? new Uint8Array()),
  bytes(2, publicKeyOf(INVITER)),
  ...TICKET.addresses.map((address) => text(3, address)),
  text(4, TICKET.role),
  { tag: 5, type: 'varint', value: TICKET.expiresAt },
  bytes(6, TICKET.secret),
];

/** The fields with those of one tag replaced. */
const withTag = (tag: number, ...instead: readonly ProtobufField[]): string =>
  ticketOf([...FIELDS.filter((field) => field.tag !== tag), ...instead]);

describe('a ticket', () => {
  it('is read back as it was written, and has the layout that its table says', () => {
    expect(TEXT).toBe(ticketOf(FIELDS));
    accepted(TEXT);
  });

  it.each([
    ['white space around it', `\n\t ${TEXT} \r\n`],
    ['line breaks of a narrow terminal', TEXT.replaceAll(/.{40}/g, '$&\r\n  ')],
    ['upper case', TEXT.toUpperCase()],
  ])('is read with %s', (_, pasted) => accepted(pasted));

  it('may have no address', () => {
    const lone = { ...TICKET, addresses: [] };
    accepted(encodeTicket(crypto, lone), lone);
  });

  it('takes addresses up to the limit, and refuses one past it', () => {
    const addresses = Array.from({ length: TICKET_ADDRESSES_MAX }, (_, i) => `/ip4/192.0.2.${i}/tcp/1`);
    accepted(encodeTicket(crypto, { ...TICKET, addresses }), { ...TICKET, addresses });
    accepted(encodeTicket(crypto, { ...TICKET, addresses: [...addresses, '/ip4/1.1.1.1'] }), {
      ...TICKET,
      addresses,
    });
    refused(
      withTag(3, ...addresses.map((address) => text(3, address)), text(3, '/ip4/1.1.1.1')),
      'incomplete',
    );
  });

  it('is always short enough to be read, whatever the addresses', () => {
    const addresses = Array.from(
      { length: TICKET_ADDRESSES_MAX },
      (_, i) => `/dns4/${String(i).repeat(250)}/tcp/1`,
    );
    const read = decodeTicket(crypto, encodeTicket(crypto, { ...TICKET, addresses }));
    const kept = read.ok ? read.value.addresses : [];
    expect(kept.length).toBeGreaterThan(0);
    expect(kept).toEqual(addresses.slice(0, kept.length));
  });

  it('holds what a later version adds, which is passed over', () => {
    accepted(ticketOf([...FIELDS, text(9, 'new'), { tag: 10, type: 'varint', value: 1 }]));
  });
});

describe('what is no ticket is refused with what is wrong:', () => {
  it.each([
    ['nothing', '', 'starts with'],
    ['another prefix', `smo2${TEXT.slice(4)}`, 'starts with'],
    ['no prefix', TEXT.slice(4), 'starts with'],
    ['the prefix alone', 'smo1', 'characters'],
    ['foreign characters', TEXT.replace(/.$/, '!'), 'characters'],
    ['digits that are not of base32', `${TEXT.slice(0, -1)}1`, 'characters'],
    ['a checksum alone', `smo1${base32.encode(Uint8Array.of(1, 2, 3, 4))}`, 'characters'],
    ['too much text', TEXT + 'a'.repeat(5000), 'long'],
  ])('%s', (_, pasted, word) => refused(pasted, word));

  it('a ticket that is cut short, anywhere', () => {
    for (let end = 0; end < TEXT.length; end += 1) refused(TEXT.slice(0, end));
  });

  it('a ticket with any one character mistyped', () => {
    for (let at = 4; at < TEXT.length; at += 1) {
      const instead = TEXT[at] === 'a' ? 'b' : 'a';
      refused(TEXT.slice(0, at) + instead + TEXT.slice(at + 1));
    }
    refused(TEXT.slice(0, 10) + TEXT.charAt(11) + TEXT.charAt(10) + TEXT.slice(12), 'checksum');
  });

  it.each([
    ['no space', withTag(1)],
    ['a short space', withTag(1, bytes(1, new Uint8Array(31)))],
    ['no inviter', withTag(2)],
    ['a long key', withTag(2, bytes(2, new Uint8Array(33)))],
    ['a key for which anyone can sign', withTag(2, bytes(2, Uint8Array.of(1, ...new Uint8Array(31))))],
    ['an address that is no text', withTag(3, bytes(3, Uint8Array.of(0xff)))],
    ['no role', withTag(4)],
    ['an unknown role', withTag(4, text(4, 'owner'))],
    ['a role that is no text', withTag(4, bytes(4, Uint8Array.of(0xff)))],
    ['no expiry', withTag(5)],
    ['an expiry that is no number', withTag(5, text(5, 'soon'))],
    [
      'an expiry that is no time',
      withTag(5, { tag: 5, type: 'varint', value: EVENT_LIMITS.timestampMsMax + 1 }),
    ],
    ['no secret', withTag(6)],
    ['a short secret', withTag(6, bytes(6, new Uint8Array(15)))],
    [
      'no message',
      `smo1${base32.encode(Uint8Array.of(7, ...crypto.sha256(Uint8Array.of(7)).subarray(0, 4)))}`,
    ],
  ])('%s', (_, pasted) => refused(pasted));

  it('and nothing of it is repeated, since it may be a secret', () => {
    const read = decodeTicket(crypto, TEXT.slice(0, -3));
    expect(read.ok ? '' : read.fault.message).not.toContain(TEXT.slice(4, 12));
  });
});
