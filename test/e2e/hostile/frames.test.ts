import { sha256 } from '@noble/hashes/sha2.js';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { utf8Encode } from '../../../protocol/bytes/index.ts';
import type { Origin } from '../../../protocol/event/index.ts';
import { SPACE_TAG_BYTES, type SyncFrame } from '../../../protocol/sync/index.ts';
import { Arena, type Intruder } from '../../support/hostile/arena.ts';
import { RawPeer } from '../../support/hostile/raw-peer.ts';
import type { RawStream } from '../../support/hostile/raw-stream.ts';

let arena: Arena;
beforeAll(async () => {
  arena = await Arena.open();
}, 60_000);
afterAll(() => arena.close());

type Hello = Extract<SyncFrame, { type: 'hello' }>;

/** A hello of a device that holds something else than the victim. */
const hello = ({ space }: Intruder, over: Partial<Hello> = {}): Hello => ({
  type: 'hello',
  version: 1,
  spaceTag: sha256(utf8Encode(`smo/sync/1 ${space}`)).subarray(0, SPACE_TAG_BYTES),
  storeId: 'mallory',
  arrivals: 0,
  frontierDigest: new Uint8Array(32),
  ...over,
});

const want = (origin: Origin, n: number): SyncFrame => ({
  type: 'want',
  want: n,
  log: { type: 'origin', origin },
  segment: 0,
  events: 0,
  until: 0,
});

/** What a hostile member sends, and how the victim tells of it. */
const CASES: readonly (readonly [
  string,
  RegExp,
  (stream: RawStream, intruder: Intruder, log: Origin) => void,
])[] = [
  [
    'a frame that says it is too long',
    /a frame is longer than 524288 bytes/,
    (stream) => stream.sendBytes(Uint8Array.of(0xff, 0xff, 0xff, 0x7f)),
  ],
  [
    'a frame that is one byte too long',
    /a frame of 524289 bytes is longer than 524288 bytes/,
    (stream) => stream.sendBytes(Uint8Array.of(0x81, 0x80, 0x20)),
  ],
  [
    'a length that is not in its shortest form',
    /the length of a frame is not a varint in its shortest form/,
    (stream) => stream.sendBytes(Uint8Array.of(0x81, 0x00, 1)),
  ],
  [
    'a frame that ends before it should',
    /ended the session/,
    (stream) => {
      stream.sendBytes(Uint8Array.of(100, 1, 2, 3));
      void stream.close();
    },
  ],
  ['rubbish', /bad_frame/, (stream) => stream.sendFramed(Uint8Array.of(1, 2, 3))],
  ['an empty frame', /bad_frame/, (stream) => stream.sendFramed(new Uint8Array())],
  ['another version', /wrong_version/, (stream, intruder) => stream.send(hello(intruder, { version: 2 }))],
  [
    'another space',
    /wrong_space/,
    (stream, intruder) => stream.send(hello(intruder, { spaceTag: new Uint8Array(16) })),
  ],
  [
    'credit for what was never sent',
    /credit_exceeded/,
    (stream, intruder) => stream.send(hello(intruder), { type: 'credit', bytes: 1 }),
  ],
  [
    'more wants than are allowed',
    /past_limit/,
    (stream, intruder, log) =>
      stream.send(hello(intruder), ...Array.from({ length: 1_000 }, (_, n) => want(log, n))),
  ],
];

describe('a member that speaks the protocol wrongly', () => {
  test.each(CASES)('is hung up on when it sends %s', async (title, told, attack) => {
    const name = `mallory: ${title}`;
    const intruder = await arena.admit(name);
    const before = await arena.condition();
    const peer = await RawPeer.start(intruder.seed);
    onTestFinished(() => peer.stop());
    const stream = await peer.sync(arena.victim.addresses);
    attack(stream, intruder, (await arena.victim.api.status()).origin as Origin);
    await stream.closed;
    const line = await arena.logged(new RegExp(`lost ${name}: `));
    expect(line).toMatch(told);
    expect(await arena.condition()).toEqual(before);
    await arena.goesOn();
  });
});
