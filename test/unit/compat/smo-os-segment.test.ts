import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  deviceIdFromPem,
  parseSmoOsRegistry,
  type SmoOsFolder,
  verifySmoOsFolder,
} from '../../../protocol/compat/index.ts';
import { publicKeyOf } from '../../../protocol/crypto/index.ts';
import { portableCrypto } from '../../../protocol/portable-crypto/index.ts';
import {
  asFiles,
  KEY_ID,
  type MadeFolder,
  type MadeSegment,
  resign,
  rootOf,
  sealFolder,
  someEvents,
} from '../../fixtures/smo-os/sealed-folder.ts';

const verify = (folder: SmoOsFolder) => verifySmoOsFolder(portableCrypto, folder);

const faultsOf = (folder: SmoOsFolder) =>
  verify(folder).segments.flatMap(({ faults }) =>
    faults.map(({ code, file, line }) => [code, file, ...(line === undefined ? [] : [line])].join(' ')),
  );

/** Three segments, after `damage` was done to the second. */
const damaged = (damage: (segment: MadeSegment, folder: MadeFolder) => void): SmoOsFolder => {
  const folder = sealFolder(someEvents(1), someEvents(2), someEvents(3));
  const second = folder.segments[1];
  if (second === undefined) throw new RangeError('the folder has three segments');
  damage(second, folder);
  return asFiles(folder);
};

/** The same, where the holder of the key signed the second manifest after changing it. */
const rewritten = (change: (manifest: Record<string, unknown>, segment: MadeSegment) => void): SmoOsFolder =>
  damaged((segment, folder) => {
    change(segment.manifest, segment);
    resign(folder, segment);
  });

const MANIFEST = 'seg-000002.manifest.json';
const EVENTS = 'seg-000002.jsonl';

describe('a whole 0.2.1 folder', () => {
  it('verifies, whatever the order in which its segments are handed in', () => {
    const folder = asFiles(sealFolder(someEvents(1), someEvents(2, 1), someEvents(3, 2), []));
    const report = {
      ok: true,
      segments: [5, 1, 2, 0].map((events, at) => ({
        name: `seg-00000${at + 1}`,
        ok: true,
        events,
        faults: [],
      })),
    };
    expect(verify(folder)).toEqual(report);
    expect(verify({ ...folder, segments: folder.segments.toReversed() })).toEqual(report);
  });

  it('may have no segments yet', () => {
    expect(verify({ segments: [], publicKeys: new Map() })).toEqual({ ok: true, segments: [] });
  });

  it('verifies with its lines in another order, with blank lines and CRLF', () => {
    const shuffled = damaged((segment) => segment.lines.reverse());
    expect(faultsOf(shuffled)).toEqual([]);
    const spaced = shuffled.segments.map((files) => ({
      ...files,
      events: `\n${files.events?.replaceAll('\n', '\r\n\r\n')}`,
    }));
    expect(faultsOf({ ...shuffled, segments: spaced })).toEqual([]);
  });

  it('verifies where a locale broke the ties of timestamp', () => {
    // Code units have B before a; a locale, and so the seal, has it the other way round.
    const tied = ['a', 'B'].map((origin) => ({ ...someEvents(1, 1)[0], id: origin, origin }));
    expect(faultsOf(asFiles(sealFolder(tied)))).toEqual([]);
  });

  it('verifies with values that this project would not import', () => {
    const odd = { ...someEvents(1, 1)[0], payload: { big: 2 ** 60, text: '\ud800', '10': 1, '9': 2 } };
    expect(faultsOf(asFiles(sealFolder([odd])))).toEqual([]);
  });

  it('verifies as it was written to disk', () => {
    const base = new URL('../../fixtures/smo-os/data-0.2.1/', import.meta.url);
    const read = (path: string) => readFileSync(new URL(path, base), 'utf8');
    const names = readdirSync(new URL('segments/', base)).filter((name) => name.endsWith('.jsonl'));
    const registry = parseSmoOsRegistry(read('keys/registry.json'));
    expect(registry).toEqual({
      ok: true,
      value: [{ keyId: KEY_ID, publicKeyPath: 'data/keys/ed25519.pub.pem' }],
    });
    const report = verify({
      publicKeys: new Map([[KEY_ID, read('keys/ed25519.pub.pem')]]),
      segments: names.map((file) => {
        const name = file.replace('.jsonl', '');
        return { name, events: read(`segments/${file}`), manifest: read(`segments/${name}.manifest.json`) };
      }),
    });
    expect(report.ok).toBe(true);
    expect(report.segments.map(({ events }) => events)).toEqual([5, 4, 2]);
  });
});

describe('damage to the events', () => {
  it.each<[string, (segment: MadeSegment) => void]>([
    ['a changed value', ({ lines }) => Object.assign(lines[1] ?? {}, { timestamp: 1 })],
    [
      'an added __proto__',
      ({ lines }) =>
        lines.splice(1, 1, JSON.parse(JSON.stringify(lines[1]).replace('{', '{"__proto__":{"x":1},'))),
    ],
  ])('shows as root_mismatch: %s', (_, damage) => {
    expect(faultsOf(damaged(damage))).toEqual([`root_mismatch ${EVENTS}`]);
  });

  it('shows as a wrong count and root when a line is gone or added', () => {
    const both = [`count_mismatch ${EVENTS}`, `root_mismatch ${EVENTS}`];
    expect(faultsOf(damaged(({ lines }) => lines.pop()))).toEqual(both);
    expect(faultsOf(damaged(({ lines }) => lines.push(...someEvents(9, 1))))).toEqual(both);
  });

  it('shows as a wrong count and a duplicate where a repeated last event leaves the root as it is', () => {
    const folder = damaged(({ lines }) => lines.push(...lines.slice(-1)));
    expect(faultsOf(folder)).toEqual([`duplicate_id ${EVENTS} 6`, `count_mismatch ${EVENTS}`]);
  });

  it('names the line that cannot be read', () => {
    const folder = damaged(() => undefined);
    const segments = folder.segments.map((files) =>
      files.name === 'seg-000002' ? { ...files, events: `\n{"id":\n{"id":"x"}\n${files.events}` } : files,
    );
    expect(faultsOf({ ...folder, segments })).toEqual([
      `not_json ${EVENTS} 2`,
      `bad_smo_os_event ${EVENTS} 3`,
    ]);
  });

  it('does not pass an infinity for the null that was sealed', () => {
    const folder = asFiles(sealFolder(someEvents(1)));
    const segments = folder.segments.map((files) => ({
      ...files,
      events: files.events?.replace('null', '1e999'),
    }));
    expect(faultsOf({ ...folder, segments })).toEqual(['bad_smo_os_event seg-000001.jsonl 1']);
  });

  it('names both places of an id that two segments hold', () => {
    const report = verify(asFiles(sealFolder(someEvents(1), [...someEvents(1, 1), ...someEvents(2)])));
    expect(report.segments[1]?.faults).toEqual([
      {
        code: 'duplicate_id',
        message: 'the id "event-1-0" is already that of seg-000001.jsonl line 1',
        file: EVENTS,
        line: 1,
      },
    ]);
  });
});

describe('damage to a manifest', () => {
  it.each<[string, (manifest: Record<string, unknown>) => void]>([
    ['bad_signature', (manifest) => Object.assign(manifest, { createdAt: 1 })],
    ['bad_signature', (manifest) => Object.assign(manifest, { signature: 'AAAA' })],
    ['bad_signature', (manifest) => Object.assign(manifest, { signature: 7 })],
    ['bad_signature', (manifest) => Object.assign(manifest, { signature: `${manifest.signature}\n` })],
    ['bad_signature', (manifest) => Object.assign(manifest, { extra: 1 })],
    ['bad_signature', (manifest) => delete manifest.signature],
  ])('that the key did not sign is %s (%#)', (code, damage) => {
    expect(faultsOf(damaged(({ manifest }) => damage(manifest)))).toEqual([`${code} ${MANIFEST}`]);
  });

  it.each<[string, Record<string, unknown>]>([
    ['unsupported_version', { version: '0.2.2' }],
    ['unsupported_version', { version: undefined }],
    ['unsupported_algo', { algo: undefined }],
    [
      'unsupported_algo',
      { algo: { canonical: 'jcs', hash: 'sha-256', merkle: 'pairwise-dup-last', sig: 'ed25519' } },
    ],
    [
      'unsupported_algo',
      { algo: { canonical: 'json-stable-v1', hash: 'md5', merkle: 'pairwise-dup-last', sig: 'ed25519' } },
    ],
    [
      'unsupported_algo',
      { algo: { canonical: 'json-stable-v1', hash: 'sha-256', merkle: 'rfc6962', sig: 'ed25519' } },
    ],
    [
      'unsupported_algo',
      { algo: { canonical: 'json-stable-v1', hash: 'sha-256', merkle: 'pairwise-dup-last', sig: 'rsa' } },
    ],
    ['bad_manifest', { events: -1 }],
    ['bad_manifest', { events: '5' }],
    ['bad_manifest', { root: null }],
    ['bad_manifest', { prevSegmentRoot: 7 }],
    ['bad_manifest', { origin: '' }],
    ['bad_manifest', { keyId: undefined }],
    ['bad_manifest', { segmentId: 'seg-000003' }],
    ['unknown_key', { keyId: 'laptop#ed25519-2' }],
    ['unknown_key', { keyId: '__proto__' }],
    ['chain_break', { prevSegmentRoot: null }],
    ['chain_break', { prevSegmentRoot: `sha256:${'0'.repeat(64)}` }],
  ])('that was signed anew is %s: %j', (code, members) => {
    expect(faultsOf(rewritten((manifest) => Object.assign(manifest, members)))).toEqual([
      `${code} ${MANIFEST}`,
    ]);
  });

  it.each<[string, Record<string, unknown>]>([
    ['count_mismatch', { events: 4 }],
    ['root_mismatch', { root: rootOf(someEvents(3)) }],
  ])('that states other contents is %s', (code, members) => {
    const faults = faultsOf(rewritten((manifest) => Object.assign(manifest, members)));
    expect(faults).toContain(`${code} ${EVENTS}`);
  });

  it.each(['firstEventId', 'lastEventId'])('that states another %s is first_last_mismatch', (member) => {
    expect(faultsOf(rewritten((manifest) => Object.assign(manifest, { [member]: 'event-2-1' })))).toEqual([
      `first_last_mismatch ${MANIFEST}`,
    ]);
    expect(faultsOf(rewritten((manifest) => delete manifest[member]))).toEqual([]);
  });

  it.each(['upper case', 'no prefix', 'too short'])('whose root has %s is bad_root_format', (how) => {
    const change = (root: string) =>
      how === 'upper case' ? root.toUpperCase() : how === 'no prefix' ? root.slice(7) : root.slice(0, -1);
    const faults = faultsOf(
      rewritten((manifest) => Object.assign(manifest, { root: change(String(manifest.root)) })),
    );
    // The next segment follows the root as it was.
    expect(faults).toEqual([`bad_root_format ${MANIFEST}`, 'chain_break seg-000003.manifest.json']);
  });

  it('that is not JSON, or not an object, is bad_manifest and says nothing of the next one', () => {
    for (const manifest of ['{', '[]', '', 'null']) {
      const folder = damaged(() => undefined);
      const segments = folder.segments.map((files) =>
        files.name === 'seg-000002' ? { ...files, manifest } : files,
      );
      expect(faultsOf({ ...folder, segments })).toEqual([`bad_manifest ${MANIFEST}`]);
    }
  });

  it('is found with a key that is not the one that signed, or none at all', () => {
    const { segments } = asFiles(sealFolder(someEvents(1)));
    const other = sealFolder([]).publicKeys;
    const file = 'seg-000001.manifest.json';
    expect(faultsOf({ segments, publicKeys: other })).toEqual([`bad_signature ${file}`]);
    expect(faultsOf({ segments, publicKeys: new Map() })).toEqual([`unknown_key ${file}`]);
    expect(faultsOf({ segments, publicKeys: new Map([[KEY_ID, 'no key']]) })).toEqual([
      `bad_public_key ${file}`,
    ]);
  });
});

describe('damage to the folder', () => {
  it('shows as missing segment and broken chain when a segment is gone', () => {
    const both = ['missing_segment', 'chain_break'];
    expect(faultsOf(damaged((_, { segments }) => segments.splice(1, 1)))).toEqual(
      both.map((code) => `${code} seg-000003.manifest.json`),
    );
    expect(faultsOf(damaged((_, { segments }) => segments.splice(0, 1)))).toEqual(
      both.map((code) => `${code} ${MANIFEST}`),
    );
  });

  it.each(['seg-2', 'seg-0000002', 'notes', 'seg-00000x'])('shows as bad_segment_name: %s', (name) => {
    const codes = verify(
      damaged((segment, folder) => {
        Object.assign(segment, { name });
        folder.segments.splice(2);
      }),
    ).segments[1]?.faults.map(({ code }) => code);
    expect(codes).toEqual(['bad_segment_name', 'bad_manifest']);
  });

  it.each(['events', 'manifest'] as const)('shows as missing_file: %s', (part) => {
    const folder = damaged(() => undefined);
    const segments = folder.segments.map((files) =>
      files.name === 'seg-000002' ? { ...files, [part]: undefined } : files,
    );
    expect(faultsOf({ ...folder, segments })).toEqual([
      `missing_file ${part === 'events' ? EVENTS : MANIFEST}`,
    ]);
  });
});

describe('keys', () => {
  it('are taken out of their PEM text', () => {
    const folder = sealFolder([]);
    const pem = folder.publicKeys.get(KEY_ID) ?? '';
    const device = deviceIdFromPem(pem);
    if (!device.ok) throw new Error(device.fault.message);
    const der = Buffer.from(pem.replace(/-----[A-Z ]+-----/g, ''), 'base64');
    expect(Buffer.from(publicKeyOf(device.value))).toEqual(der.subarray(12));
    expect(deviceIdFromPem(`\r\n${pem.replaceAll('\n', '\r\n')}`)).toEqual(device);
  });

  it.each([
    '',
    '-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----',
    // An X25519 key: the same length, another algorithm.
    `-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VuAyEA${'A'.repeat(43)}=\n-----END PUBLIC KEY-----\n`,
    `-----BEGIN PRIVATE KEY-----\nMCowBQYDK2VwAyEA${'A'.repeat(43)}=\n-----END PRIVATE KEY-----\n`,
  ])('of another form are bad_public_key (%#)', (pem) => {
    expect(deviceIdFromPem(pem)).toMatchObject({ ok: false, fault: { code: 'bad_public_key' } });
  });

  it('of other algorithms are left out of the registry', () => {
    const text =
      '{"keys":{"a":{"alg":"rsa","pubPath":"a.pem"},"__proto__":{"alg":"ed25519","pubPath":"b.pem"}}}';
    expect(parseSmoOsRegistry(text)).toEqual({
      ok: true,
      value: [{ keyId: '__proto__', publicKeyPath: 'b.pem' }],
    });
  });

  it.each(['', 'null', '{}', '{"keys":[]}', '{"keys":{"a":null}}', '{"keys":{"a":{"alg":"ed25519"}}}'])(
    'in a bad registry are refused: %s',
    (text) => {
      expect(parseSmoOsRegistry(text)).toMatchObject({ ok: false, fault: { code: 'bad_registry' } });
    },
  );
});
