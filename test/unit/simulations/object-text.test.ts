import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { textOfObject, withOpenFields } from '../../../simulations/explore/object-text.ts';

const ROOT = join(import.meta.dirname, '../../..');

const textOf = (value: unknown, known: ReadonlyMap<object, string> = new Map()): string | undefined =>
  textOfObject({ value }, known);

class Open {
  readonly kept: unknown;

  constructor(kept: unknown) {
    this.kept = kept;
  }
}

class Heir extends Open {}

class Closed {
  readonly #kept: unknown;

  constructor(kept: unknown) {
    this.#kept = kept;
  }

  get kept(): unknown {
    return this.#kept;
  }
}

/** As the class of that name, with what matters here. */
class PeerCursors {
  readonly cursors: ReadonlyMap<string, number>;
  readonly others: ReadonlyMap<string, number>;

  constructor(cursors: ReadonlyMap<string, number>, others: ReadonlyMap<string, number>) {
    this.cursors = cursors;
    this.others = others;
  }
}

function* counted(): Iterable<number> {
  yield 1;
}

const [one, other] = [new Map([['a', 1]]), new Map([['a', 1]])];
const [ab, ba] = [['a', 'b'] as const, ['b', 'a'] as const].map(
  (keys) => new Map(keys.map((key) => [key, key === 'a' ? 1 : 2])),
);

describe('the text of an object', () => {
  test.each<readonly [what: string, a: unknown, b: unknown]>([
    ['numbers', 1, 2],
    ['zeros', 0, -0],
    ['a number and a bigint', 1, 1n],
    ['a number and a text', 1, '1'],
    ['nothing and null', undefined, null],
    ['nothing and a text', undefined, 'undefined'],
    ['bytes', Uint8Array.of(1, 2), Uint8Array.of(1, 3)],
    ['bytes and numbers', Uint8Array.of(1), [1]],
    ['kinds of numbers', Uint32Array.of(1), Int32Array.of(1)],
    ['lengths', [[1], 2], [[1, 2]]],
    ['keys', { a: 1 }, { b: 1 }],
    ['a key that looks like more', { 'a 1 b': 1 }, { a: 1, b: 1 }],
    ['a list and a set', [1], new Set([1])],
    ['orders of a map', ab, ba],
    ['orders of a set', new Set([1, 2]), new Set([2, 1])],
    [
      'what is deep inside',
      [new Open(new Map([['a', { b: [1] }]]))],
      [new Open(new Map([['a', { b: [2] }]]))],
    ],
    ['an object and one with a class', { kept: 1 }, new Open(1)],
    ['one thing twice and two that are alike', [one, one], [one, other]],
  ])('tells %s apart', (_, a, b) => {
    expect(textOf(a)).toBeDefined();
    expect(textOf(a)).not.toBe(textOf(b));
  });

  test('is the same for what is alike', () => {
    const made = (): unknown => {
      const twice = new Set(['x']);
      return [new Open(twice), twice, { n: 1, f: () => 1 }, new Map([[twice, [Uint8Array.of(7)]]])];
    };
    expect(textOf(made())).toBe(textOf(made()));
  });

  test('ends where something leads back to where it came from', () => {
    const ring: { next?: unknown } = {};
    ring.next = [ring];
    expect(textOf(ring)).toBeDefined();
  });

  test('leaves the order of what is looked up by key alone out, and no other', () => {
    const [a, b] = [ab ?? one, ba ?? one];
    expect(textOf(new PeerCursors(a, one))).toBe(textOf(new PeerCursors(b, one)));
    expect(textOf(new PeerCursors(one, a))).not.toBe(textOf(new PeerCursors(one, b)));
  });

  test('has a name in the place of what is the same everywhere, read or not', () => {
    const common = new Closed(1);
    expect(textOf(common, new Map([[common, 'common']]))).toContain('@common');
  });

  test.each<readonly [what: string, value: unknown]>([
    ['a private field', new Closed(1)],
    ['a private field deep inside', [new Map([['a', { b: new Closed(1) }]])]],
    ['a class of the language', new WeakMap()],
    ['a promise', Promise.resolve()],
    ['a walk that is not over', [1][Symbol.iterator]()],
    ['a generator', counted()],
    ['a function that waits in a list', [() => 1]],
    ['a function that waits in a map', new Map([['a', () => 1]])],
    ['a symbol', Symbol('a')],
    ['what another class has left it', new Heir(1)],
  ])('is not made of %s', (_, value) => {
    expect(textOf(value)).toBeUndefined();
  });
});

describe('the source of a module with open fields', () => {
  test('has other names where private ones are declared and used', () => {
    expect(withOpenFields('class A { #a = 1; get #b() { return this.#a + other?.#b; } }')).toBe(
      'class A { private$a = 1; get private$b() { return this.private$a + other?.private$b; } }',
    );
  });

  test('has its texts as they are', () => {
    const source = 'const texts = ["#a", `#b`];';
    expect(withOpenFields(source)).toBe(source);
  });

  /** What stands for something else then, so that it may not be in the source of an engine. */
  test.each([
    ['whether an object has a private name', /#[A-Za-z_$][\w$]* in /],
    ['a private name in a class that another one extends', /class \w+(?:<[^{]*>)? extends (?!Error\b)/],
  ])('is that of an engine without %s', (_, pattern) => {
    const files = globSync('{protocol,simulations}/**/*.ts', { cwd: ROOT });
    expect(files.length).toBeGreaterThan(300);
    expect(files.filter((file) => pattern.test(readFileSync(join(ROOT, file), 'utf8')))).toEqual([]);
  });
});
