import { createHash, createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { DeviceId } from '../../protocol/crypto/index.ts';
import type { Origin } from '../../protocol/event/index.ts';
import type { SpaceId } from '../../protocol/manifest/index.ts';
import {
  answerHello,
  decodeJoinMessage,
  decodeTicket,
  encodeJoinMessage,
  encodeTicket,
  Joiner,
  judgeProof,
  type Ticket,
  verifyGenesis,
} from '../../protocol/membership/index.ts';
import { portableCrypto as crypto } from '../../protocol/portable-crypto/index.ts';
import { fromHex, readVectors, toHex, type Vector } from '../support/read-vectors.ts';
import { referenceBase32, referenceLeaf } from '../support/reference.ts';

interface JoinVectors {
  readonly genesis: { readonly origin: Origin; readonly record: string; readonly space: SpaceId };
  readonly tickets: readonly (Vector & {
    readonly ticket: Omit<Ticket, 'secret'> & { readonly secret: string };
    readonly text: string;
  })[];
  readonly malformed: readonly (Vector & { readonly text: string })[];
  readonly dialogue: {
    readonly secret: string;
    readonly space: SpaceId;
    readonly inviter: DeviceId;
    readonly joiner: DeviceId;
    readonly name: string;
    readonly joinerNonce: string;
    readonly inviterNonce: string;
    readonly messages: readonly { readonly type: string; readonly bytes: string }[];
  };
  readonly refusals: readonly { readonly code: string; readonly bytes: string }[];
  readonly unreadable: readonly (Vector & { readonly bytes: string })[];
}

const { genesis, tickets, malformed, dialogue, refusals, unreadable } = readVectors<JoinVectors>('join');

test('the genesis founds the space', () => {
  const record = fromHex(genesis.record);
  expect(verifyGenesis(crypto, genesis.space, { origin: genesis.origin, record })).toMatchObject({
    ok: true,
  });
  expect(referenceBase32(referenceLeaf(genesis.origin, 1, record))).toBe(genesis.space);
});

describe.each(tickets)('a ticket: $comment', ({ ticket, text }) => {
  const value = { ...ticket, secret: fromHex(ticket.secret) };

  test('is read, and written again', () => {
    expect(decodeTicket(crypto, text)).toEqual({ ok: true, value });
    expect(encodeTicket(crypto, value)).toBe(text.replaceAll(/\s/g, '').toLowerCase());
  });

  test('is what its description says', () => {
    const varint = (number: number): number[] =>
      number < 128 ? [number] : [(number % 128) + 128, ...varint(Math.floor(number / 128))];
    const field = (tag: number, bytes: Uint8Array): number[] => [
      ...varint(tag * 8 + 2),
      ...varint(bytes.length),
      ...bytes,
    ];
    const utf8 = (string: string): Uint8Array => Buffer.from(string);
    // A device id is the base58 of an identity hash: six bytes, then the key.
    const message = Uint8Array.from([
      ...field(1, base32Decode(ticket.space)),
      ...field(2, base58Decode(ticket.inviter).subarray(6)),
      ...ticket.addresses.flatMap((address) => field(3, utf8(address))),
      ...field(4, utf8(ticket.role)),
      ...varint(5 * 8),
      ...varint(ticket.expiresAt),
      ...field(6, value.secret),
    ]);
    const checksum = createHash('sha256').update(message).digest().subarray(0, 4);
    expect(`smo1${referenceBase32(Uint8Array.from([...message, ...checksum]))}`).toBe(
      text.replaceAll(/\s/g, '').toLowerCase(),
    );
  });
});

test.each(malformed)('no ticket: $comment', ({ text }) => {
  expect(decodeTicket(crypto, text)).toMatchObject({ ok: false, fault: { code: 'ticket_malformed' } });
});

describe('the dialogue', () => {
  const { secret, space, inviter, joiner, name, joinerNonce, inviterNonce, messages } = dialogue;
  const ticket: Ticket = {
    space,
    inviter,
    addresses: [],
    role: 'writer',
    expiresAt: 1,
    secret: fromHex(secret),
  };
  const [hello, challenge, proof, welcome] = messages.map(({ bytes }) => decodeJoinMessage(fromHex(bytes)));

  test('each message is read, and written again', () => {
    for (const { type, bytes } of messages) {
      const message = decodeJoinMessage(fromHex(bytes));
      expect(message?.type).toBe(type);
      expect(message && toHex(encodeJoinMessage(message))).toBe(bytes);
    }
  });

  test('is what both sides say', () => {
    const side = new Joiner(crypto, ticket, { joiner, name, nonce: fromHex(joinerNonce) });
    expect(side.hello()).toEqual(hello);
    if (hello?.type !== 'hello' || proof?.type !== 'proof') throw new Error('other messages');
    const invite = { ...ticket, attempts: 0, spent: false };
    const nonce = fromHex(inviterNonce);
    const answer = answerHello([invite], hello, { space, inviter, joiner, nonce });
    expect(answer.message).toEqual(challenge);
    expect(side.receive(challenge)).toEqual({ ok: true, value: { type: 'send', message: proof } });
    if (answer.exchange === undefined) throw new Error('refused');
    expect(judgeProof(answer.exchange, proof.proof, { nowMs: 0, standing: 'stranger' })).toEqual({
      invite: { ...invite, spent: true },
    });
    const record = fromHex(genesis.record);
    expect(side.receive(welcome)).toEqual({
      ok: true,
      value: { type: 'joined', genesis: { origin: genesis.origin, record } },
    });
  });

  test('an independent computation of the invite id and of both proofs', () => {
    const hmac = (text: string): Buffer => createHmac('sha256', fromHex(secret)).update(text).digest();
    const transcript = (side: string): string =>
      `{"inviter":"${inviter}","inviterNonce":"${inviterNonce}","joiner":"${joiner}","joinerNonce":"${joinerNonce}","name":"${name}","protocol":"smo/join/1","side":"${side}","space":"${space}"}`;
    expect(hello).toMatchObject({
      inviteId: new Uint8Array(hmac('smo/join/1 invite').subarray(0, 16)),
      name,
    });
    expect(challenge).toMatchObject({ proof: new Uint8Array(hmac(transcript('inviter'))) });
    expect(proof).toMatchObject({ proof: new Uint8Array(hmac(transcript('joiner'))) });
  });
});

test.each(refusals)('a refusal: $code', ({ code, bytes }) => {
  const message = { type: 'refused', code };
  expect(decodeJoinMessage(fromHex(bytes))).toEqual(message);
  expect(toHex(encodeJoinMessage(message as never))).toBe(bytes);
});

test.each(unreadable)('no join message: $comment', ({ bytes }) => {
  expect(decodeJoinMessage(fromHex(bytes))).toBeUndefined();
});

function base32Decode(text: string): Uint8Array {
  const bits = [...text].map((char) =>
    'abcdefghijklmnopqrstuvwxyz234567'.indexOf(char).toString(2).padStart(5, '0'),
  );
  const all = bits.join('');
  return Uint8Array.from({ length: Math.floor(all.length / 8) }, (_, i) =>
    Number.parseInt(all.slice(i * 8, i * 8 + 8), 2),
  );
}

/** Without leading zeroes, which device ids do not have. */
function base58Decode(text: string): Uint8Array {
  const digits = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
  const value = [...text].reduce((sum, char) => sum * 58n + BigInt(digits.indexOf(char)), 0n);
  const hexText = value.toString(16);
  // The identity hash begins with a byte 0, which a number does not keep.
  return fromHex(`00${hexText.length % 2 === 0 ? '' : '0'}${hexText}`);
}
