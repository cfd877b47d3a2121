import { describe, expect, it } from 'vitest';
import { mergeSmoOsEvents, parseSmoOsLines, writeSmoOsBundle } from '../../../protocol/compat/index.ts';
import { asLines, jsonl, merged, write } from '../../fixtures/smo-os/events.ts';

const a = write({ at: 'A1', time: 10 }, 'x');
const b = write({ at: 'B1', time: 20 }, 'y');
const header = {
  kind: 'plos.bundle/header',
  bundleVersion: '0.3.0',
  bundleId: 'bundle-1',
  createdAt: 99,
  origin: 'A',
};
const wrapped = (event: unknown) => ({ kind: 'plos.bundle/event', event });

const found = (text: string) => {
  const verdict = parseSmoOsLines(text);
  return verdict.ok
    ? verdict.value.events.map(({ line, event }) => `${line}:${event.id}`)
    : `${verdict.fault.code}: ${verdict.fault.message}`;
};

describe('a file of 0.1 events', () => {
  it('names the line of each event, with blank lines, CRLF and a byte order mark tolerated', () => {
    expect(found(`\uFEFF${JSON.stringify(a)}\r\n \t\n\n${JSON.stringify(b)}`)).toEqual(['1:A1', '4:B1']);
  });

  it('may be empty', () => {
    expect(found('')).toEqual([]);
    expect(found('\n\r\n')).toEqual([]);
  });

  it('counts an event once that is repeated, also with its keys in another order', () => {
    const turned = Object.fromEntries(Object.entries(a).reverse());
    expect(found(jsonl(a, b, a, turned))).toEqual(['1:A1', '2:B1']);
  });

  it('is refused when one id has two contents, naming both lines', () => {
    const message = 'id_collision: line 1 and line 3 hold different events of the same id "A1"';
    expect(found(jsonl(a, b, { ...a, timestamp: 11 }))).toBe(message);
  });

  it.each([
    ['bad_smo_os_event: line 2: id is not a non-empty string', jsonl(a, { ...b, id: '' })],
    ['not_json: line 3: this is not valid JSON', `${jsonl(a)}\n{"id":`],
    ['bad_smo_os_event: line 1: an event is a JSON object', '7\n'],
    ['bad_bundle: line 2: the header of a bundle is its first line and the only one', jsonl(a, header)],
    ['bad_bundle: line 1: a bundle starts with its header', jsonl(wrapped(a))],
    [
      'unknown_bundle_kind: line 1: lines of kind "plos.bundle/footer" are not understood',
      jsonl({ kind: 'plos.bundle/footer' }),
    ],
  ])('is refused: %s', (expected, text) => {
    expect(found(text)).toBe(expected);
  });

  it('takes an event with a member called kind for an event', () => {
    expect(found(jsonl({ ...a, kind: 'plos.bundle/header' }))).toEqual(['1:A1']);
  });
});

describe('a 0.3.0 bundle', () => {
  it('is read with its header', () => {
    const verdict = parseSmoOsLines(`\n${jsonl(header, wrapped(a), wrapped(b), wrapped(a))}`);
    expect(verdict).toMatchObject({ ok: true, value: { header } });
    expect(found(`\n${jsonl(header, wrapped(a), wrapped(b), wrapped(a))}`)).toEqual(['3:A1', '4:B1']);
  });

  it.each([
    [
      'unsupported_bundle_version: line 1: bundle version "0.4.0" is unknown, 0.3.0 is understood',
      jsonl({ ...header, bundleVersion: '0.4.0' }, wrapped(a)),
    ],
    [
      'unsupported_bundle_version: line 1: bundle version null is unknown, 0.3.0 is understood',
      jsonl({ kind: header.kind }),
    ],
    [
      'unknown_bundle_kind: line 2: lines of kind "plos.bundle/blob" are not understood',
      jsonl(header, { kind: 'plos.bundle/blob' }),
    ],
    ['unknown_bundle_kind: line 2: lines of kind number are not understood', jsonl(header, { kind: 7 })],
    ['bad_bundle: line 2: a bundle holds no bare events', jsonl(header, a)],
    [
      'bad_bundle: line 3: the header of a bundle is its first line and the only one',
      jsonl(header, wrapped(a), header),
    ],
    ['bad_smo_os_event: line 2: an event is a JSON object', jsonl(header, { kind: 'plos.bundle/event' })],
  ])('is refused: %s', (expected, text) => {
    expect(found(text)).toBe(expected);
  });

  it('is written with the originals in the total order, and reads back the same', () => {
    const odd = { extra: { z: 1, a: 2 }, ...b };
    const events = merged(odd, a);
    const text = writeSmoOsBundle({ bundleId: 'bundle-1', createdAt: 99, origin: 'A' }, events);
    expect(text).toBe(jsonl(header, wrapped(a), wrapped(odd)));
    expect(parseSmoOsLines(text)).toEqual({
      ok: true,
      value: {
        header,
        events: [
          { line: 2, event: events[0] },
          { line: 3, event: events[1] },
        ],
      },
    });
  });
});

describe('merging files', () => {
  const ids = (...files: readonly unknown[][]) => {
    const verdict = mergeSmoOsEvents(
      files.map((events, at) => ({ name: `${'xyz'[at]}.jsonl`, events: asLines(events) })),
    );
    return verdict.ok ? verdict.value.map(({ id }) => id) : verdict.fault.message;
  };

  it('is the union by id in the total order', () => {
    const c = write({ at: 'C1', time: 10 }, 'z');
    expect(ids([b, a], [a, c])).toEqual(['A1', 'C1', 'B1']);
    expect(ids()).toEqual([]);
  });

  it('orders ties by origin, seq and id, strings by UTF-16 code units', () => {
    const tied = ['b1', 'a2', 'a1', 'B1', '\uff5e1'].map((at) => write({ at, time: 10 }, 1));
    const astral = { ...write({ at: 'x1', time: 10 }, 1), origin: '😀', id: 'astral' };
    const twin = { ...write({ at: 'a1', time: 10 }, 1), id: 'Z' };
    expect(ids([...tied, astral, twin])).toEqual(['B1', 'Z', 'a1', 'a2', 'b1', 'astral', '\uff5e1']);
  });

  it('refuses one id with two contents, naming both files and lines', () => {
    expect(ids([b, a], [b], [{ ...a, payload: {} }])).toBe(
      'x.jsonl line 2 and z.jsonl line 1 hold different events of the same id "A1"',
    );
  });
});
