import { describe, expect, it } from 'vitest';
import { encodeProtobuf, type ProtobufField } from '../../../protocol/bytes/index.ts';
import { encodeRecord } from '../../../protocol/event/index.ts';
import {
  answerHello,
  decodeJoinMessage,
  encodeJoinMessage,
  type Genesis,
  INVITE_ATTEMPTS_MAX,
  type Invite,
  inviteName,
  isOpen,
  Joiner,
  type JoinMessage,
  joinProof,
  judgeProof,
  spaceCreated,
  spaceIdOf,
  type Ticket,
} from '../../../protocol/membership/index.ts';
import { portableCrypto as crypto } from '../../../protocol/portable-crypto/index.ts';
import { bytes as bytesOf, number, text } from '../../support/protobuf-fields.ts';
import { TEST_SPACE, testLog } from '../../support/test-log.ts';

const [INVITER, JOINER, OTHER] = [1, 2, 3].map((number) => testLog(number).signer.device) as [
  Ticket['inviter'],
  Ticket['inviter'],
  Ticket['inviter'],
];
const DRAFT = spaceCreated({ name: 'home', deviceName: 'first', nonce: 'aaaaaaaaaaaaaaaa' });
const GENESIS: Genesis = { origin: testLog(1).origin, record: encodeRecord({ ...DRAFT, timestamp: 5 }) };
const SPACE = spaceIdOf(crypto, GENESIS);
const SECRET = new Uint8Array(16).fill(0x33);
const EXPIRES = 1000;

const TICKET: Ticket = {
  space: SPACE,
  inviter: INVITER,
  addresses: [],
  role: 'writer',
  expiresAt: EXPIRES,
  secret: SECRET,
};
const INVITE: Invite = { secret: SECRET, role: 'writer', expiresAt: EXPIRES, attempts: 0, spent: false };
const OTHER_INVITE: Invite = { ...INVITE, secret: new Uint8Array(16).fill(0x44) };

const nonce = (byte: number): Uint8Array => new Uint8Array(16).fill(byte);

type Hello = Extract<JoinMessage, { type: 'hello' }>;
type Challenge = Extract<JoinMessage, { type: 'challenge' }>;

/** A joiner that has said hello. */
const joining = (ticket: Partial<Ticket> = {}, name = 'laptop') => {
  const joiner = new Joiner(crypto, { ...TICKET, ...ticket }, { joiner: JOINER, name, nonce: nonce(1) });
  return { joiner, hello: joiner.hello() as Hello };
};

const answering = (
  hello: Hello,
  over: Partial<Parameters<typeof answerHello>[2]> = {},
  invites = [OTHER_INVITE, INVITE],
) =>
  answerHello(invites, hello, { space: SPACE, inviter: INVITER, joiner: JOINER, nonce: nonce(2), ...over });

/** Both sides up to the joiner's proof. */
const proving = (invite = INVITE, over: Partial<Parameters<typeof answerHello>[2]> = {}) => {
  const { joiner, hello } = joining();
  const { message, exchange } = answering(hello, over, [invite]);
  const step = joiner.receive(message);
  if (
    exchange === undefined ||
    !step.ok ||
    step.value.type !== 'send' ||
    step.value.message.type !== 'proof'
  ) {
    throw new Error('the exchange has failed early');
  }
  return { joiner, exchange, message: message as Challenge, proof: step.value.message.proof };
};

/** At a time, by a device that nobody has revoked. */
const at = (nowMs: number) => ({ nowMs, standing: 'stranger' }) as const;

const refused = (code: string) => ({ ok: false, fault: { code } });

describe('joining', () => {
  it('succeeds with an open invite, spends it, and ends with the verified genesis', () => {
    const { joiner, exchange, proof } = proving();
    expect(exchange.transcript.name).toBe('laptop');
    expect(judgeProof(exchange, proof, at(EXPIRES - 1))).toEqual({ invite: { ...INVITE, spent: true } });
    expect(joiner.receive({ type: 'welcome', genesis: GENESIS })).toEqual({
      ok: true,
      value: { type: 'joined', genesis: GENESIS },
    });
  });

  it('crosses the wire: each message is read back as it was written', () => {
    const { joiner, hello } = joining();
    const pass = (message: JoinMessage) => decodeJoinMessage(encodeJoinMessage(message));
    const { message, exchange } = answering(pass(hello) as Hello);
    const step = joiner.receive(pass(message));
    if (exchange === undefined || !step.ok || step.value.type !== 'send') throw new Error('failed');
    const proof = pass(step.value.message);
    expect(proof?.type === 'proof' && judgeProof(exchange, proof.proof, at(0)).refusal).toBeUndefined();
    expect(joiner.receive(pass({ type: 'welcome', genesis: GENESIS }))).toMatchObject({ ok: true });
  });
});

describe('the inviter', () => {
  const refusal = { message: { type: 'refused', code: 'ticket_refused' } };

  it('refuses who does not know a secret, and says nothing else', () => {
    expect(answering(joining({ secret: nonce(7) }).hello)).toEqual(refusal);
    expect(answering(joining().hello, {}, [])).toEqual(refusal);
    expect(answering({ ...joining().hello, inviteId: nonce(0) })).toEqual(refusal);
  });

  it('refuses a name that cannot be one, and takes one at the limit', () => {
    expect(answering(joining({}, '').hello)).toEqual(refusal);
    expect(answering(joining({}, 'x'.repeat(129)).hello)).toEqual(refusal);
    expect(answering(joining({}, 'x'.repeat(128)).hello).exchange).toBeDefined();
  });

  it('tells nobody that an invite is spent, expired or closed before the proof', () => {
    const open = answering(joining().hello).message;
    for (const invite of [
      { ...INVITE, spent: true },
      { ...INVITE, expiresAt: 0 },
      { ...INVITE, attempts: INVITE_ATTEMPTS_MAX },
    ]) {
      expect(answering(joining().hello, {}, [invite]).message).toEqual(open);
    }
  });

  it.each<[string, Partial<Invite>, number, string | undefined]>([
    ['open', {}, EXPIRES - 1, undefined],
    ['expired at its time', {}, EXPIRES, 'ticket_expired'],
    ['spent', { spent: true }, 0, 'ticket_spent'],
    ['spent and expired', { spent: true }, EXPIRES, 'ticket_spent'],
    ['one wrong proof before it closes', { attempts: INVITE_ATTEMPTS_MAX - 1 }, 0, undefined],
    ['closed by wrong proofs', { attempts: INVITE_ATTEMPTS_MAX }, 0, 'ticket_refused'],
  ])('says after the proof that the invite is %s', (_, over, nowMs, code) => {
    const invite = { ...INVITE, ...over };
    const { exchange, proof } = proving(invite);
    expect(isOpen(invite, nowMs)).toBe(code === undefined);
    expect(judgeProof(exchange, proof, at(nowMs))).toEqual(
      code === undefined ? { invite: { ...invite, spent: true } } : { invite, refusal: code },
    );
  });

  it('tells a revoked device so, after the proof alone, and keeps the ticket for another one', () => {
    const { exchange, proof } = proving();
    const context = { nowMs: 0, standing: 'revoked' } as const;
    expect(judgeProof(exchange, proof, context)).toEqual({ invite: INVITE, refusal: 'device_revoked' });
    expect(judgeProof(exchange, new Uint8Array(32), context).refusal).toBe('ticket_refused');
    const spent = proving({ ...INVITE, spent: true });
    expect(judgeProof(spent.exchange, spent.proof, context).refusal).toBe('ticket_spent');
  });

  it('welcomes a member again, and leaves the invite as it is', () => {
    const context = { nowMs: EXPIRES, standing: 'member' } as const;
    for (const invite of [INVITE, { ...INVITE, spent: true }]) {
      const { exchange, proof } = proving(invite);
      expect(judgeProof(exchange, proof, context)).toEqual({ invite });
      expect(judgeProof(exchange, new Uint8Array(32), context).refusal).toBe('ticket_refused');
    }
  });

  it('counts wrong proofs and closes at the limit, the right proof included', () => {
    let invite = INVITE;
    for (let attempt = 1; attempt <= INVITE_ATTEMPTS_MAX; attempt += 1) {
      expect(isOpen(invite, 0)).toBe(true);
      const judged = judgeProof(proving(invite).exchange, new Uint8Array(32), at(0));
      expect(judged).toEqual({ invite: { ...INVITE, attempts: attempt }, refusal: 'ticket_refused' });
      invite = judged.invite;
    }
    expect(isOpen(invite, 0)).toBe(false);
    const { exchange, proof } = proving(invite);
    expect(judgeProof(exchange, proof, at(0))).toEqual({ invite, refusal: 'ticket_refused' });
  });

  it('takes no wrong proof for a right one: shorter, longer, or of nothing', () => {
    const { exchange, proof } = proving();
    for (const wrong of [proof.subarray(1), Uint8Array.of(...proof, 0), new Uint8Array()]) {
      expect(judgeProof(exchange, wrong, at(0)).refusal).toBe('ticket_refused');
    }
  });

  it('takes no proof of another exchange', () => {
    const { proof } = proving();
    const again = proving(INVITE, { nonce: nonce(3) });
    expect(judgeProof(again.exchange, proof, at(0)).refusal).toBe('ticket_refused');
  });

  it('takes no proof sent back to it', () => {
    const { exchange, message } = proving();
    expect(judgeProof(exchange, message.proof, at(0)).refusal).toBe('ticket_refused');
  });

  it.each<[string, Partial<Parameters<typeof answerHello>[2]>]>([
    ['another device than the one that is connected', { joiner: OTHER }],
    ['another space', { space: TEST_SPACE }],
  ])('takes no proof of %s', (_, over) => {
    const { hello } = joining();
    const { exchange } = answering(hello, over);
    const { proof } = proving();
    expect(exchange && judgeProof(exchange, proof, at(0)).refusal).toBe('ticket_refused');
  });

  it('names invites without giving their secrets away', () => {
    expect(inviteName(INVITE)).toMatch(/^[0-9a-f]{32}$/);
    expect(inviteName(INVITE)).not.toBe(inviteName(OTHER_INVITE));
    expect(inviteName(INVITE)).not.toContain('3333');
  });
});

describe('the joiner', () => {
  it.each([
    ['ticket_refused', 'ticket'],
    ['ticket_expired', 'ticket'],
    ['ticket_spent', 'ticket'],
    ['device_revoked', 'removed from the space'],
  ] as const)('is told %s in words', (code, words) => {
    const verdict = joining().joiner.receive({ type: 'refused', code });
    expect(verdict).toMatchObject(refused(code));
    expect(verdict.ok ? '' : verdict.fault.message).toContain(words);
  });

  it.each<[string, (hello: Hello) => JoinMessage]>([
    [
      'does not know the secret',
      (hello) =>
        answering({ ...hello, inviteId: joining({ secret: OTHER_INVITE.secret }).hello.inviteId }).message,
    ],
    ['is not the device of the ticket', (hello) => answering(hello, { inviter: OTHER }).message],
    ['takes it for another device', (hello) => answering(hello, { joiner: OTHER }).message],
    ['is of another space', (hello) => answering(hello, { space: TEST_SPACE }).message],
    ['answers another hello', (hello) => answering({ ...hello, nonce: nonce(9) }).message],
    ['changes the name', (hello) => answering({ ...hello, name: 'other' }).message],
    ['changes its nonce', (hello) => ({ ...(answering(hello).message as Challenge), nonce: nonce(9) })],
    [
      'sends back a proof of the joiner',
      (hello) => ({
        type: 'challenge',
        nonce: nonce(2),
        proof: joinProof(SECRET, 'joiner', {
          space: SPACE,
          inviter: INVITER,
          joiner: JOINER,
          joinerNonce: hello.nonce,
          inviterNonce: nonce(2),
          name: hello.name,
        }),
      }),
    ],
  ])('proves nothing to one that %s', (_, challenge) => {
    const { joiner, hello } = joining();
    expect(joiner.receive(challenge(hello))).toMatchObject(refused('join_protocol'));
    // And it does not take the welcome of such a one either.
    expect(joiner.receive({ type: 'welcome', genesis: GENESIS })).toMatchObject(refused('join_protocol'));
  });

  it.each<[string, JoinMessage | undefined]>([
    ['nothing readable', undefined],
    ['a hello', joining().hello],
    ['a proof', { type: 'proof', proof: new Uint8Array(32) }],
    ['a welcome without a challenge', { type: 'welcome', genesis: GENESIS }],
  ])('refuses %s', (_, message) => {
    expect(joining().joiner.receive(message)).toMatchObject(refused('join_protocol'));
  });

  it('refuses a second challenge', () => {
    const { joiner, message } = proving();
    expect(joiner.receive(message)).toMatchObject(refused('join_protocol'));
  });

  it('is told of a refusal after its proof', () => {
    expect(proving().joiner.receive({ type: 'refused', code: 'ticket_spent' })).toMatchObject(
      refused('ticket_spent'),
    );
  });

  it.each<[string, Genesis]>([
    ['of another log', { ...GENESIS, origin: testLog(2).origin }],
    ['that was tampered with', { ...GENESIS, record: GENESIS.record.with(20, 0x20) }],
  ])('refuses the genesis %s', (_, genesis) => {
    expect(proving().joiner.receive({ type: 'welcome', genesis })).toMatchObject(refused('wrong_space'));
  });
});

describe('a join message', () => {
  const bytes = (tag: number, length: number): ProtobufField => bytesOf(tag, new Uint8Array(length));

  it.each<[string, readonly ProtobufField[]]>([
    ['nothing', []],
    ['no type', [bytes(2, 16)]],
    ['a type that is not first', [bytes(2, 32), number(1, 3)]],
    ['a type that is no number', [text(1, 'hello')]],
    ['an unknown type', [number(1, 6), bytes(2, 16)]],
    ['a hello with a short id', [number(1, 1), bytes(2, 15), bytes(3, 16), text(4, 'x')]],
    ['a hello with a long nonce', [number(1, 1), bytes(2, 16), bytes(3, 17), text(4, 'x')]],
    ['a hello without a name', [number(1, 1), bytes(2, 16), bytes(3, 16)]],
    [
      'a name that is no UTF-8',
      [number(1, 1), bytes(2, 16), bytes(3, 16), { tag: 4, type: 'bytes', value: Uint8Array.of(0xff) }],
    ],
    ['a challenge with a short proof', [number(1, 2), bytes(2, 16), bytes(3, 31)]],
    ['a proof that is a number', [number(1, 3), number(2, 32)]],
    ['a welcome from what is no log', [number(1, 4), text(2, 'x.y'), bytes(3, 5)]],
    ['a welcome without a record', [number(1, 4), text(2, testLog(1).origin)]],
    ['a refusal for no known reason', [number(1, 5), text(2, 'tired')]],
  ])('that is %s is not read', (_, fields) => {
    expect(decodeJoinMessage(encodeProtobuf(fields))).toBeUndefined();
  });
});
