import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SpaceId } from '../../protocol/manifest/index.ts';
import {
  decodeJoinMessage,
  decodeTicket,
  encodeJoinMessage,
  encodeTicket,
  type JoinMessage,
  type JoinRefusal,
  type Role,
  spaceIdOf,
  verifyGenesis,
} from '../../protocol/membership/index.ts';
import { portableCrypto as crypto } from '../../protocol/portable-crypto/index.ts';
import { TEST_SPACE, testLog } from '../support/test-log.ts';

const role = fc.constantFrom<Role>('admin', 'writer');

const secret = fc.uint8Array({ minLength: 16, maxLength: 16 });

const ticket = fc.record({
  space: fc.constantFrom<SpaceId>(TEST_SPACE),
  inviter: fc.integer({ min: 1, max: 5 }).map((number) => testLog(number).signer.device),
  addresses: fc.array(fc.string({ unit: 'grapheme', maxLength: 30 }), { maxLength: 16 }),
  role,
  expiresAt: fc.oneof(fc.integer({ min: 0, max: 8.64e15 }), fc.constantFrom(2 ** 31, 2 ** 32, 8.64e15)),
  secret,
});

test('a ticket is read back as it was written, in either case, wrapped anywhere', () => {
  fc.assert(
    fc.property(ticket, fc.integer({ min: 1, max: 90 }), fc.boolean(), (value, width, upper) => {
      const text = encodeTicket(crypto, value);
      const wrapped = text.replaceAll(new RegExp(`.{${width}}`, 'g'), '$&\n');
      expect(decodeTicket(crypto, upper ? wrapped.toUpperCase() : wrapped)).toEqual({ ok: true, value });
    }),
  );
});

test('decodeTicket gives a verdict on any text', () => {
  const good = fc.constant(
    encodeTicket(crypto, { ...fc.sample(ticket, { numRuns: 1, seed: 1 })[0] } as never),
  );
  const mutated = fc.tuple(good, fc.nat(), fc.string({ maxLength: 3 })).map(([text, at, put]) => {
    const where = at % text.length;
    return text.slice(0, where) + put + text.slice(where + 1);
  });
  const hostile = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz234567') }).map((text) => `smo1${text}`),
    mutated,
  );
  fc.assert(
    fc.property(hostile, (text) => {
      const verdict = decodeTicket(crypto, text);
      if (!verdict.ok) expect(verdict.fault.code).toBe('ticket_malformed');
      else expect(decodeTicket(crypto, encodeTicket(crypto, verdict.value))).toEqual(verdict);
    }),
    { numRuns: 1500 },
  );
});

const sized = (length: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: length, maxLength: length });

const message: fc.Arbitrary<JoinMessage> = fc.oneof(
  fc.record({
    type: fc.constant<'hello'>('hello'),
    inviteId: sized(16),
    nonce: sized(16),
    name: fc.string({ unit: 'grapheme' }),
  }),
  fc.record({ type: fc.constant<'challenge'>('challenge'), nonce: sized(16), proof: sized(32) }),
  fc.record({ type: fc.constant<'proof'>('proof'), proof: sized(32) }),
  fc.record({
    type: fc.constant<'welcome'>('welcome'),
    genesis: fc.record({ origin: fc.constant(testLog(1).origin), record: fc.uint8Array() }),
  }),
  fc.record({
    type: fc.constant<'refused'>('refused'),
    code: fc.constantFrom<JoinRefusal>('ticket_refused', 'ticket_expired', 'ticket_spent', 'device_revoked'),
  }),
);

test('a join message is read back as it was written, as a copy', () => {
  fc.assert(
    fc.property(message, (value) => {
      const bytes = encodeJoinMessage(value);
      const read = decodeJoinMessage(bytes);
      bytes.fill(0);
      expect(read).toEqual(value);
    }),
  );
});

test('decodeJoinMessage takes any bytes without throwing, and verifyGenesis any record', () => {
  const flipped = fc.tuple(message.map(encodeJoinMessage), fc.nat(), fc.nat(255)).map(([bytes, at, byte]) => {
    const copy = Uint8Array.from(bytes);
    if (copy.length > 0) copy[at % copy.length] = byte;
    return copy;
  });
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array(), flipped), (bytes) => {
      const read = decodeJoinMessage(bytes);
      if (read !== undefined) expect(decodeJoinMessage(encodeJoinMessage(read))).toEqual(read);
      const genesis = { origin: testLog(1).origin, record: bytes };
      expect(verifyGenesis(crypto, spaceIdOf(crypto, genesis), genesis).ok).toBe(false);
    }),
    { numRuns: 2000 },
  );
});
