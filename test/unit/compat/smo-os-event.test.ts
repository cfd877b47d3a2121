import { describe, expect, it } from 'vitest';
import { LEGACY_ORIGIN, parseSmoOsEvent, sees, supersedes } from '../../../protocol/compat/index.ts';
import { parsed } from '../../fixtures/smo-os/events.ts';

const minimal = { id: '1', type: 'plos.core/StateUpdated', entityId: 'e', payload: {}, timestamp: 5 };
const full = { ...minimal, origin: 'A', seq: 3, seen: { B: 2 } };

describe('an event of Smo.OS 0.1', () => {
  it('is read with every member it states', () => {
    expect(parsed(full)).toEqual({ ...full, original: full, seen: new Map([['B', 2]]) });
  });

  it.each([
    minimal,
    { ...minimal, origin: null, seq: null, seen: null },
    { ...minimal, origin: '' },
    { ...minimal, origin: ' \t' },
  ])('is legacy when it states no place: %j', (json) => {
    expect(parsed(json)).toMatchObject({ origin: LEGACY_ORIGIN, seq: 0, seen: new Map() });
  });

  it('keeps the original as it was, members of other versions and the order of keys included', () => {
    const text =
      '{"zeta":[1,{"b":1,"a":2}],"id":"1","type":"x/Y","entityId":"","payload":{"__proto__":1},"timestamp":5}';
    expect(JSON.stringify(parsed(JSON.parse(text)).original)).toBe(text);
  });

  it('takes __proto__ as the name of an origin', () => {
    const { seen, payload } = parsed(
      JSON.parse(
        '{"id":"1","type":"x/Y","entityId":"e","payload":{"__proto__":{"a":1}},"timestamp":5,"seen":{"__proto__":4}}',
      ),
    );
    expect(seen.get('__proto__')).toBe(4);
    expect(seen.get('toString')).toBeUndefined();
    expect(Object.keys(payload)).toEqual(['__proto__']);
  });

  it.each([
    ['not an object', null],
    ['a list', [full]],
    ['no id', { ...full, id: undefined }],
    ['an empty id', { ...full, id: '' }],
    ['an id that is a number', { ...full, id: 7 }],
    ['an empty type', { ...full, type: '' }],
    ['an entity id that is no string', { ...full, entityId: 7 }],
    ['a payload that is a list', { ...full, payload: [] }],
    ['a payload that is null', { ...full, payload: null }],
    ['a timestamp that is a string', { ...full, timestamp: '5' }],
    ['an infinite timestamp', { ...full, timestamp: Number.POSITIVE_INFINITY }],
    ['an origin that is a number', { ...full, origin: 7 }],
    ['a negative seq', { ...full, seq: -1 }],
    ['a broken seq', { ...full, seq: 1.5 }],
    ['a seq as text', { ...full, seq: '3' }],
    ['seen as a list', { ...full, seen: [] }],
    ['seen with text', { ...full, seen: { B: '2' } }],
    ['a lone surrogate', { ...full, payload: { a: '\ud800' } }],
    ['an integer beyond 2^53', { ...full, payload: { a: 2 ** 53 } }],
  ])('is refused with %s', (_, json) => {
    expect(parseSmoOsEvent(json)).toMatchObject({ ok: false, fault: { code: 'bad_smo_os_event' } });
  });

  it('takes the largest exact seq', () => {
    expect(parsed({ ...full, seq: 2 ** 53 - 1 }).seq).toBe(2 ** 53 - 1);
  });
});

describe('causality of 0.1 events', () => {
  const at = (id: string, origin: string, seq: number, timestamp: number, seen = {}) =>
    parsed({ ...minimal, id, origin, seq, timestamp, seen });

  it('does not need an event to have seen its own seq', () => {
    const [first, second] = [at('1', 'A', 1, 10), at('2', 'A', 2, 5, { A: 0 })];
    expect([sees(second, first), sees(first, second)]).toEqual([true, false]);
    expect([supersedes(second, first), supersedes(first, second)]).toEqual([true, false]);
  });

  it('never has an event see itself', () => {
    const event = at('1', 'A', 1, 10, { A: 1 });
    expect(sees(event, event)).toBe(false);
  });

  it('is not transitive: what the vector does not state is not seen', () => {
    const [a, b, c] = [at('1', 'A', 1, 1), at('2', 'B', 1, 2, { A: 1 }), at('3', 'C', 1, 3, { B: 1 })];
    expect([sees(c, b), sees(b, a), sees(c, a)]).toEqual([true, true, false]);
  });

  it('has all events see those of seq 0, and the later of two such supersede the earlier', () => {
    const [old, older, first] = [at('1', 'A', 0, 20), at('2', 'B', 0, 10), at('3', 'C', 1, 5)];
    expect([sees(old, older), sees(older, old), sees(first, old), sees(old, first)]).toEqual([
      true,
      true,
      true,
      false,
    ]);
    expect([supersedes(old, older), supersedes(older, old)]).toEqual([true, false]);
    expect([supersedes(first, old), supersedes(old, first)]).toEqual([true, false]);
  });

  it('orders two events of the same origin and seq by the total order', () => {
    const [early, late] = [at('z', 'A', 1, 10), at('a', 'A', 1, 11)];
    expect([supersedes(late, early), supersedes(early, late)]).toEqual([true, false]);
  });
});
