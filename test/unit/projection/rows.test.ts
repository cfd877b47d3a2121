import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../../protocol/bytes/index.ts';
import type { EventId } from '../../../protocol/event/index.ts';
import { portableCrypto } from '../../../protocol/portable-crypto/index.ts';
import {
  hashItem,
  keyParts,
  orderPart,
  placeParts,
  rowKey,
  rowPrefix,
  StateDigest,
} from '../../../protocol/projection/index.ts';
import { ORIGINS } from '../../support/authored-history.ts';

const hash = (item: JsonValue): Uint8Array => hashItem(portableCrypto, item);

const NAMES = [
  '',
  'a',
  'a\u0000',
  '\u0000a',
  'a\u0001',
  'a\u0001n',
  '\u0001e',
  '\u0001',
  '\u0001\u0000',
  'n',
  '\u{1F600}',
];

describe('keys of rows', () => {
  test('give back their parts, whatever characters are in them', () => {
    for (const one of NAMES) {
      for (const other of NAMES) {
        expect(keyParts(rowKey('register', one, other))).toEqual(['register', one, other]);
      }
    }
  });

  test('start with the prefix of exactly those parts that they are below', () => {
    for (const one of NAMES) {
      for (const other of NAMES) {
        expect(rowKey('register', one, 'field').startsWith(rowPrefix('register', other))).toBe(one === other);
      }
    }
  });

  test('sort as seqs and timestamps do, up to the largest', () => {
    const seqs = [1, 9, 10, 2 ** 31, 2 ** 32, 10 ** 15, Number.MAX_SAFE_INTEGER];
    const places = seqs.map((seq) => placeParts({ origin: ORIGINS.A, seq })[1]);
    expect(places.toSorted()).toEqual(places);
    const event = { origin: ORIGINS.A, seq: 1, id: 'ev1' as EventId };
    const orders = [0, ...seqs].map((timestamp) => orderPart({ ...event, timestamp }));
    expect(orders.toSorted()).toEqual(orders);
  });
});

describe('the state digest', () => {
  const digestOf = (...items: readonly string[]): string => {
    const digest = new StateDigest(hash);
    for (const [i, item] of items.entries()) digest.replace(`item ${i}`, undefined, item);
    return digest.toHex();
  };

  test('of nothing is zero, and of one item is the SHA-256 of its canonical JSON', () => {
    expect(digestOf()).toBe('0'.repeat(64));
    // printf '"a"' | sha256sum
    expect(digestOf('a')).toBe('ac8d8342bbb2362d13f0a559a3621bb407011368895164b628a54f7fc33fc43c');
  });

  test('does not depend on the order of its items, and counts each', () => {
    expect(digestOf('a', 'b', 'c')).toBe(digestOf('c', 'a', 'b'));
    expect(digestOf('a', 'a')).not.toBe(digestOf('a'));
  });

  test('of several items is the sum of their hashes modulo 2^256', () => {
    const sum = NAMES.reduce((total, name) => total + BigInt(`0x${digestOf(name)}`), 0n);
    expect(BigInt(`0x${digestOf(...NAMES)}`)).toBe(sum % 2n ** 256n);
    expect(sum).toBeGreaterThan(2n ** 256n);
  });

  test('forgets an item that is taken out, below zero and above the modulus too', () => {
    const digest = new StateDigest(hash);
    const change = (before: (name: string) => string | undefined, after: typeof before): string => {
      for (const name of NAMES) digest.replace(name, before(name), after(name));
      return digest.toHex();
    };
    const [nothing, item] = [() => undefined, (name: string) => name];
    expect(change(item, nothing)).not.toBe('0'.repeat(64));
    expect(change(nothing, item)).toBe('0'.repeat(64));
    expect(change(nothing, item)).toBe(digestOf(...NAMES));
    expect(change(item, nothing)).toBe('0'.repeat(64));
  });

  test('is that of the last of several changes', () => {
    const digest = new StateDigest(hash, digestOf('a', 'b'));
    digest.replace('first', 'a', 'x');
    digest.replace('first', 'x', 'y');
    digest.replace('second', 'b', undefined);
    digest.replace('second', undefined, 'c');
    expect(digest.toHex()).toBe(digestOf('y', 'c'));
    digest.replace('first', 'y', undefined);
    expect(digest.toHex()).toBe(digestOf('c'));
  });

  test('keeps in mind a bounded number of terms, and needs none of them', () => {
    const digest = new StateDigest(hash);
    const items = Array.from({ length: 20_000 }, (_, i) => `${i}`);
    for (const item of items) digest.replace(item, undefined, item);
    digest.toHex();
    for (const item of items) digest.replace(item, item, `${item}, changed`);
    expect(digest.toHex()).toBe(digestOf(...items.map((item) => `${item}, changed`)));
  });

  test('leaves few items to be hashed for whoever wants to know it', () => {
    let hashed = 0;
    const digest = new StateDigest((item) => {
      hashed += 1;
      return hash(item);
    });
    for (let i = 0; i < 3_000; i += 1) digest.replace(`${i}`, undefined, `${i}`);
    const before = hashed;
    digest.toHex();
    expect([before > 2_000, hashed]).toEqual([true, 3_000]);
    expect(hashed - before).toBeLessThan(512);
  });

  test('goes on from its hexadecimal form', () => {
    const digest = new StateDigest(hash, digestOf('a'));
    digest.replace('item', 'a', 'b');
    expect(digest.toHex()).toBe(digestOf('b'));
  });

  test.each(['00', 'g'.repeat(64), `${'0'.repeat(64)}00`])('refuses %s as a digest', (hex) => {
    expect(() => new StateDigest(hash, hex)).toThrow(TypeError);
  });

  test('hashes an item once for each write to it, though many others are written between', () => {
    const items = Array.from({ length: 10_000 }, (_, i) => `item ${i}`);
    let hashes = 0;
    const digest = new StateDigest((item) => {
      hashes += 1;
      return hash(item);
    });
    for (const [before, after] of [
      [undefined, 1],
      [1, 2],
      [2, 3],
    ] as const) {
      for (const item of items) digest.replace(item, before, after);
    }
    digest.toHex();
    expect(hashes).toBe(3 * items.length);
  });
});
