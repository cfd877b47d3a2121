import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ConflictView, EventView, NodeApi } from '../../../node/api/index.ts';
import { type CliHost, OutputClosed, runCli } from '../../../node/cli/index.ts';
import { SmoError } from '../../../protocol/fault/index.ts';
import { eventView, fakeHost, IDS, STATUS } from './fake-host.ts';
import { fakeIo, run } from './run.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'smo-cli-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const fileOf = (name: string, text: string | Uint8Array): string => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};

/** Runs with some methods of the node replaced. */
const runWith = (api: Partial<NodeApi>, argv: readonly string[], host: Partial<CliHost> = {}) =>
  run(fakeHost({ api, host }).host, argv);

describe('the home', () => {
  const homes: readonly (readonly [string, readonly string[], Record<string, string>, string])[] = [
    ['~/.smo by default', ['status'], {}, '/users/me/.smo'],
    ['SMO_HOME', ['status'], { SMO_HOME: '/elsewhere' }, '/elsewhere'],
    ['~/.smo when SMO_HOME is empty', ['status'], { SMO_HOME: '' }, '/users/me/.smo'],
    ['--home before the command', ['--home', '/h', 'status'], { SMO_HOME: '/elsewhere' }, '/h'],
    ['--home after the command', ['status', '--home', 'rel'], {}, resolve('rel')],
  ];
  test.each(homes)('is %s', async (_name, argv, env, home) => {
    const { host, asked } = fakeHost();
    expect(await run(host, argv, { env })).toMatchObject({ code: 0 });
    expect(asked).toEqual([['open', resolve(home)], ['close']]);
  });

  test('is closed after a failure', async () => {
    const { host, asked } = fakeHost();
    expect(await run(host, ['history', 'zz'])).toMatchObject({ code: 1 });
    expect(asked.at(-1)).toEqual(['close']);
  });

  test('that cannot be opened is one line and exit code 1', async () => {
    const open = async () => {
      throw new SmoError('home_missing', 'there is no device in /h', 'Run "smo init" or "smo join".');
    };
    expect(await runWith({}, ['status'], { open })).toEqual({
      code: 1,
      stdout: '',
      stderr: 'smo: there is no device in /h. Run "smo init" or "smo join".\n',
    });
    expect(await runWith({}, ['status', '--json'], { open })).toEqual({
      code: 1,
      stdout:
        '{"error":{"code":"home_missing","message":"there is no device in /h","hint":"Run \\"smo init\\" or \\"smo join\\"."}}\n',
      stderr: '',
    });
  });
});

describe('init, invite, join', () => {
  const made = { space: 'space1', device: IDS.desk, origin: STATUS.origin };

  test('init names the device after the machine unless told otherwise', async () => {
    const inputs: unknown[] = [];
    const init: CliHost['init'] = async (home, input) => {
      inputs.push(home, input);
      return made;
    };
    const first = await runWith({}, ['init', '--json'], { init });
    expect(JSON.parse(first.stdout)).toEqual(made);
    const second = await runWith({}, ['init', '--name', 'lap', '--space', 'family'], { init });
    expect(second.stdout).toContain('space1');
    const home = resolve('/users/me/.smo');
    expect(inputs).toEqual([
      home,
      { name: 'desk', spaceName: 'personal' },
      home,
      { name: 'lap', spaceName: 'family' },
    ]);
    expect(await runWith({}, ['init', '--name', ' '], { init })).toMatchObject({ code: 2 });
  });

  test('invite passes role and expiry on, and prints the ticket on the first line', async () => {
    const inputs: unknown[] = [];
    const invite: NodeApi['invite'] = async (input) => {
      inputs.push(input);
      return { ticket: 'smo1abc', expiresAt: 1_700_000_000_000 };
    };
    const plain = await runWith({ invite }, ['invite']);
    expect(plain.stdout.split('\n')[0]).toBe('smo1abc');
    const json = await runWith({ invite }, ['invite', '--role', 'admin', '--expires', '2h', '--json']);
    expect(JSON.parse(json.stdout)).toEqual({ ticket: 'smo1abc', expiresAt: 1_700_000_000_000 });
    expect(inputs).toEqual([
      { role: 'writer', expiresInMs: 900_000 },
      { role: 'admin', expiresInMs: 7_200_000 },
    ]);
  });

  test('join passes ticket, name and time limit on', async () => {
    const inputs: unknown[] = [];
    const joined: CliHost['join'] = async (_home, input) => {
      inputs.push(input);
      return { ...made, name: input.name, synced: input.name === 'desk' };
    };
    const json = await runWith({}, ['join', 'smo1x', '--json'], { join: joined });
    expect(JSON.parse(json.stdout)).toEqual({ ...made, name: 'desk', synced: true });
    const plain = await runWith({}, ['join', ' smo1x\n', '--name', 'phone', '--timeout', '90s'], {
      join: joined,
    });
    expect(plain.stdout).toContain('"phone", has joined');
    expect(plain.stdout).toContain('to fetch what the others have');
    expect(inputs).toEqual([
      { ticket: 'smo1x', name: 'desk', timeoutMs: 30_000 },
      { ticket: 'smo1x', name: 'phone', timeoutMs: 90_000 },
    ]);
  });
});

describe('up', () => {
  const start = (argv: readonly string[], up: CliHost['up']) => {
    const process = fakeIo();
    const { host } = fakeHost({ host: { up } });
    return {
      ...process,
      ended: runCli({ argv, io: process.io, host: async () => host, version: '1' }),
    };
  };
  const info = { device: IDS.desk, addresses: ['/ip4/127.0.0.1/tcp/1'], socket: '/h/control.sock' };

  test('prints one line of JSON when it listens, and what happens on stderr', async () => {
    const { texts, ended } = start(['up', '--json'], async (_home, { onReady, log }) => {
      log('before');
      onReady(info);
      log('after\u001b[2J');
    });
    expect(await ended).toBe(0);
    expect(texts.stdout).toBe(`${JSON.stringify({ ready: true, ...info })}\n`);
    expect(texts.stderr).toMatch(/^\S+ {2}before\n\S+ {2}after\\u001b\[2J\n$/);
  });

  test('passes addresses on, and shows people where it listens', async () => {
    let input: Parameters<CliHost['up']>[1] | undefined;
    const argv = [
      'up',
      '--listen',
      '/ip4/1.2.3.4/tcp/1',
      '/ip4/1.2.3.4/tcp/2',
      '--no-mdns',
      '--dial',
      '/x',
      '--dial',
      '/y',
    ];
    const { texts, ended } = start(argv, async (_home, given) => {
      input = given;
      given.onReady(info);
    });
    expect(await ended).toBe(0);
    expect(input).toMatchObject({
      listen: ['/ip4/1.2.3.4/tcp/1', '/ip4/1.2.3.4/tcp/2'],
      mdns: false,
      dial: ['/x', '/y'],
    });
    expect(texts.stdout).toContain('/ip4/127.0.0.1/tcp/1');
    expect(texts.stderr).toBe('');
  });

  test('listens on the defaults and looks around when nothing is said', async () => {
    let input: Parameters<CliHost['up']>[1] | undefined;
    const { ended } = start(['up'], async (_home, given) => {
      input = given;
    });
    await ended;
    expect(input).toMatchObject({
      listen: [],
      mdns: true,
      dial: [],
      reach: { announce: [], relay: false, relayVia: [], bootstrap: [], dht: false, upnp: false },
    });
  });

  test('passes on how to be reached', async () => {
    let input: Parameters<CliHost['up']>[1] | undefined;
    const argv = 'up --relay --relay-via /r /s --bootstrap /b --announce /n --dht --upnp'.split(' ');
    const { ended } = start(argv, async (_home, given) => {
      input = given;
    });
    expect(await ended).toBe(0);
    expect(input?.reach).toEqual({
      announce: ['/n'],
      relay: true,
      relayVia: ['/r', '/s'],
      bootstrap: ['/b'],
      dht: true,
      upnp: true,
    });
  });

  test.each(['SIGINT', 'SIGTERM'] as const)('%s stops it cleanly, a second one at once', async (signal) => {
    const ready = Promise.withResolvers<void>();
    const stopped = Promise.withResolvers<void>();
    const process = start(['up'], async (_home, given) => {
      ready.resolve();
      given.signal.addEventListener('abort', () => stopped.resolve());
      await stopped.promise;
    });
    await ready.promise;
    process.signal(signal);
    expect(process.exits).toEqual([]);
    process.signal('SIGINT');
    expect(process.exits).toEqual([130]);
    expect(await process.ended).toBe(0);
    expect(process.listening()).toBe(0);
  });

  test('goes on when nobody reads its words', async () => {
    const { host } = fakeHost({ host: { up: async (_home, { onReady }) => onReady(info) } });
    const closed = { write: () => Promise.reject(new OutputClosed()) };
    expect(await run(host, ['up'], { stdout: closed })).toMatchObject({ code: 0 });
  });

  test('a port in use is one line', async () => {
    const { texts, ended } = start(['up'], async () => {
      throw new SmoError('port_in_use', 'port 4001 is in use', 'Choose another with --listen.');
    });
    expect(await ended).toBe(1);
    expect(texts.stderr).toBe('smo: port 4001 is in use. Choose another with --listen.\n');
  });
});

describe('status, peers, online, offline', () => {
  test('status --json is the status as it is', async () => {
    expect(JSON.parse((await runWith({}, ['status', '--json'])).stdout)).toEqual(STATUS);
  });

  test('status tells who is behind by how much and why, what conflicts, what waits', async () => {
    const { stdout } = await runWith({}, ['status']);
    expect(stdout).toMatch(/desk in the space "family"/);
    expect(stdout).toMatch(/phone +writer +connected +nothing/);
    expect(stdout).toMatch(/tablet +admin +away +41 events +last dial failed: timed out/);
    expect(stdout).toMatch(/conflicts +1 open, 2 closed/);
    expect(stdout).toMatch(/waiting +events of phone from 5 on wait for event 1300 of desk/);
  });

  test('what is unknown is called unknown', async () => {
    expect((await runWith({}, ['peers'])).stdout).toMatch(/tv +writer +away +unknown/);
  });

  test('a device that is not running or paused says what to do', async () => {
    const stopped = await runWith({ status: async () => ({ ...STATUS, running: false, online: false }) }, [
      'status',
    ]);
    expect(stopped.stdout).toContain('not running; "smo up" starts it');
    const paused = await runWith({ status: async () => ({ ...STATUS, online: false }) }, ['status']);
    expect(paused.stdout).toContain('paused; "smo online" resumes it');
  });

  test('peers --json', async () => {
    expect(JSON.parse((await runWith({}, ['peers', '--json'])).stdout)).toEqual({ peers: STATUS.peers });
    expect((await runWith({ status: async () => ({ ...STATUS, peers: [] }) }, ['peers'])).stdout).toContain(
      'smo invite',
    );
  });

  test('peers names the relay through which a device is connected', async () => {
    const [phone, tablet] = STATUS.peers;
    const through = async (relay: string | undefined): Promise<string> => {
      const peers = [{ ...phone, relay }, tablet] as typeof STATUS.peers;
      return (await runWith({ status: async () => ({ ...STATUS, peers }) }, ['peers'])).stdout;
    };
    expect(await through(tablet?.device)).toContain('through relay tablet');
    expect(await through(STATUS.device)).toMatch(/through relay \S*d+\b/);
    expect(await through(undefined)).toContain('/ip4/127.0.0.1/tcp/5');
  });

  test('offline and online switch the network', async () => {
    const asked: boolean[] = [];
    const network: NodeApi['network'] = async ({ enabled }) => {
      asked.push(enabled);
      return { enabled };
    };
    expect((await runWith({ network }, ['offline'])).stdout).toContain('paused');
    expect((await runWith({ network }, ['online', '--json'])).stdout).toBe('{"enabled":true}\n');
    expect(asked).toEqual([false, true]);
  });

  test('foreign names cannot command the terminal', async () => {
    const peers = [
      { ...STATUS.peers[0], name: '\u001b[2Jphone\u202e\u009b1m\nsecond line' },
    ] as typeof STATUS.peers;
    const { stdout } = await runWith({ status: async () => ({ ...STATUS, peers }) }, ['peers']);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(stdout).not.toMatch(/[\u001b\u009b\u202e]/);
    expect(stdout.trimEnd().split('\n')).toHaveLength(2);
  });

  test('colour is there only where it can be seen', async () => {
    const plain = await runWith({}, ['status']);
    const { host } = fakeHost();
    const coloured = await run(host, ['status'], { colour: true });
    expect(plain.stdout).not.toContain('\u001b[');
    expect(coloured.stdout).toContain('\u001b[');
    expect((await run(host, ['status', '--json'], { colour: true })).stdout).not.toContain('\u001b[');
  });
});

describe('create and update', () => {
  const draftOf = async (argv: readonly string[]) => {
    const { host, asked } = fakeHost();
    const outcome = await run(host, argv);
    const append = asked.find(([method]) => method === 'append');
    return { ...outcome, drafts: append?.[1] };
  };

  test('create prints the id; values are JSON or strings', async () => {
    const created = await draftOf([
      'create',
      'Buy milk',
      'done=false',
      'n=1.5',
      'tags=["a"]',
      'text=a=b',
      'empty=',
      'v=-x',
      'z=null',
    ]);
    expect(created).toMatchObject({ code: 0, stdout: '00000000-0000-4000-8000-000000000001\n' });
    expect(created.drafts).toEqual([
      {
        type: 'plos.core/EntityCreated',
        entityId: '00000000-0000-4000-8000-000000000001',
        payload: {
          name: 'Buy milk',
          done: false,
          n: 1.5,
          tags: ['a'],
          text: 'a=b',
          empty: '',
          v: '-x',
          z: null,
        },
      },
    ]);
  });

  test('create --id and --json', async () => {
    const created = await draftOf(['create', 'Inbox', '--id', 'inbox', '--json']);
    expect(JSON.parse(created.stdout).events[0].entityId).toBe('inbox');
  });

  test('a name that looks like JSON stays a name, and __proto__ is a field', async () => {
    const created = await draftOf(['create', '42', '__proto__=1']);
    expect(JSON.stringify(created.drafts)).toContain('"payload":{"name":"42","__proto__":1}');
  });

  test('update finds the entity by a prefix', async () => {
    const updated = await draftOf(['update', '5f0c', 'done=true']);
    expect(updated.code).toBe(0);
    expect(updated.drafts).toEqual([
      { type: 'plos.core/StateUpdated', entityId: IDS.entity, payload: { done: true } },
    ]);
  });

  test('an unknown entity is not made by updating it', async () => {
    const updated = await draftOf(['update', 'nope', 'done=true', '--json']);
    expect(updated.code).toBe(1);
    expect(JSON.parse(updated.stdout).error.code).toBe('entity_unknown');
    expect(updated.drafts).toBeUndefined();
  });

  test.each([
    [['create', 'x', 'word'], 'no field=value'],
    [['create', 'x', '=1'], 'lacks the name'],
    [['create', 'x', 'a=1', 'a=2'], 'given twice'],
    [['create', 'x', 'name=y'], 'given twice'],
    [['create', 'x', '--id', ''], 'empty'],
    [['update', '5f0c', 'word'], 'no field=value'],
    [['update', '5f0c'], 'fields'],
  ])('%j is a mistake in use', async (argv, what) => {
    const outcome = await draftOf(argv);
    expect(outcome.code).toBe(2);
    expect(outcome.stderr).toContain(what);
    expect(outcome.drafts).toBeUndefined();
  });
});

describe('list, show, history', () => {
  test('list', async () => {
    const entities = {
      b: { id: 'b', title: 'x' },
      [IDS.entity]: { id: IDS.entity, n: 1, long: 'y'.repeat(500) },
    };
    const list: NodeApi['list'] = async () => ({ entities });
    expect(JSON.parse((await runWith({ list }, ['list', '--json'])).stdout)).toEqual({ entities });
    const lines = (await runWith({ list }, ['list'])).stdout.split('\n');
    expect(lines[1]).toMatch(/^5f0c2c1e-8a43-4b {2}n=1 long="y+…$/);
    expect(lines[2]).toMatch(/^b +title="x"$/);
    expect((await runWith({ list: async () => ({ entities: {} }) }, ['list'])).stdout).toContain(
      'smo create',
    );
  });

  test('show', async () => {
    const detail = {
      entity: { id: 'inbox', title: 'T', tags: ['a'], relations: [{ id: 'r1' }, { id: 'r2' }] },
      conflicts: [conflict('open')],
    };
    const show: NodeApi['show'] = async (input) => {
      expect(input).toEqual({ entity: 'inb' });
      return detail;
    };
    expect(JSON.parse((await runWith({ show }, ['show', 'inb', '--json'])).stdout)).toEqual(detail);
    const { stdout } = await runWith({ show }, ['show', 'inb']);
    expect(stdout).toMatch(
      /^inbox\n {2}title {6}"T"\n {2}tags {7}\["a"\]\n {2}relations {2}\{"id":"r1"\}\n {13}\{"id":"r2"\}\n/,
    );
    expect(stdout).toContain('1 open conflict: title');
  });

  test('history, of an entity and of a field', async () => {
    const { host, asked } = fakeHost();
    const json = JSON.parse((await run(host, ['history', '5f', '--json'])).stdout);
    expect(json.events.map((event: EventView) => event.seq)).toEqual([1, 2]);
    const { stdout } = await run(host, ['history', '5f', 'title']);
    expect(stdout).toMatch(/phone +ev1a+ +StateUpdated +"t1"/);
    expect(asked.filter(([method]) => method === 'history')).toEqual([
      ['history', '5f', undefined],
      ['history', '5f', 'title'],
    ]);
  });
});

describe('relate, unrelate, metric', () => {
  test('relate prints the id of the relation', async () => {
    const { host, asked } = fakeHost();
    expect((await run(host, ['relate', '5f', 'contains', '5f0c'])).stdout).toBe(
      '00000000-0000-4000-8000-000000000001\n',
    );
    const json = JSON.parse(
      (await run(host, ['relate', '5f', 'contains', '5f0c', '--id', 'r', '--json'])).stdout,
    );
    expect(json).toMatchObject({ relation: 'r', events: [{ entityId: IDS.entity }] });
    expect(asked.filter(([method]) => method === 'append').map(([, drafts]) => drafts)).toEqual(
      ['00000000-0000-4000-8000-000000000001', 'r'].map((id) => [
        {
          type: 'plos.core/RelationAdded',
          entityId: IDS.entity,
          payload: { id, type: 'contains', target: IDS.entity },
        },
      ]),
    );
    expect(await run(host, ['relate', '5f', 'contains', 'nope'])).toMatchObject({ code: 1 });
  });

  test('unrelate', async () => {
    const unrelate: NodeApi['unrelate'] = async (input) => {
      expect(input).toEqual({ entity: 'inbox', relation: 'r1' });
      return { events: [{ id: IDS.event, origin: 'o', seq: 1, entityId: 'inbox' }] };
    };
    expect((await runWith({ unrelate }, ['unrelate', 'inbox', 'r1'])).stdout).toBe(
      `Event ev1${'k'.repeat(13)} of inbox\n`,
    );
  });

  test('metric takes numbers, negative ones too', async () => {
    const { host, asked } = fakeHost();
    expect(await run(host, ['metric', '5f', 'temp', '-4.5', '--unit', '°C'])).toMatchObject({ code: 0 });
    expect(await run(host, ['metric', '5f', 'count', '2e3'])).toMatchObject({ code: 0 });
    expect(asked.filter(([method]) => method === 'append').map(([, drafts]) => drafts)).toMatchObject([
      [{ type: 'plos.core/MetricRecorded', payload: { name: 'temp', value: -4.5, unit: '°C' } }],
      [{ type: 'plos.core/MetricRecorded', payload: { name: 'count', value: 2000 } }],
    ]);
    for (const value of ['many', '', 'Infinity', '1e999']) {
      expect(await run(host, ['metric', '5f', 'count', value])).toMatchObject({ code: 2 });
    }
  });
});

const conflict = (status: ConflictView['status']): ConflictView => {
  const candidate = (letter: string, value: string) => ({
    value,
    eventId: `ev1${letter.repeat(52)}`,
    origin: `${letter === 'a' ? IDS.desk : IDS.phone}.cccccccc`,
    seq: 1,
    timestamp: 1_700_000_000_000,
  });
  const [a, b] = [candidate('a', 'A'), candidate('b', 'B')];
  const closed = { closedBy: `ev1${'c'.repeat(52)}`, chosenEventId: a.eventId };
  return {
    entityId: 'my inbox',
    field: 'title',
    status,
    candidates: [a, b],
    winner: b,
    ...(status === 'open' ? {} : closed),
  };
};

describe('conflicts and resolve', () => {
  test('conflicts shows the candidates and a command that can be pasted', async () => {
    const conflicts: NodeApi['conflicts'] = async ({ all }) => ({
      conflicts: all ? [conflict('resolved')] : [conflict('open')],
    });
    const open = await runWith({ conflicts }, ['conflicts']);
    expect(open.stdout).toMatch(/ev1a{13} +"A" +desk/);
    expect(open.stdout).toMatch(/shown +ev1b{13} +"B" +phone/);
    expect(open.stdout).toContain(`smo resolve 'my inbox' title ev1${'a'.repeat(13)}\n`);
    const closed = await runWith({ conflicts }, ['conflicts', '--all']);
    expect(closed.stdout).toMatch(/my inbox title {2}resolved by ev1c{13}\n/);
    expect(closed.stdout).toMatch(/chosen +ev1a/);
    const json = await runWith({ conflicts }, ['conflicts', '--json']);
    expect(JSON.parse(json.stdout)).toEqual({ conflicts: [conflict('open')] });
    expect((await runWith({ conflicts: async () => ({ conflicts: [] }) }, ['conflicts'])).stdout).toBe(
      'No open conflicts.\n',
    );
  });

  test('resolve', async () => {
    const resolveConflict: NodeApi['resolve'] = async (input) => {
      expect(input).toEqual({ entity: 'inb', field: 'title', event: 'ev1a' });
      return { events: [{ id: IDS.event, origin: 'o', seq: 9, entityId: 'inbox' }] };
    };
    const { stdout } = await runWith({ resolve: resolveConflict }, ['resolve', 'inb', 'title', 'ev1a']);
    expect(stdout).toBe('Resolved: title of inbox.\n');
  });
});

describe('append', () => {
  const lines = [
    '{"type":"app/Note","entityId":"e","payload":{"text":"a\u2028b"},"actor":"me"}',
    '',
    '{"type":"plos.core/StateUpdated","entityId":"e","payload":{}}\r',
  ].join('\n');

  test('reads a file or the standard input', async () => {
    for (const [argv, options] of [
      [['append', '--jsonl', fileOf('good.jsonl', `\ufeff${lines}\n`), '--json'], {}],
      [['append', '--jsonl', '-', '--json'], { input: lines }],
    ] as const) {
      const { host, asked } = fakeHost();
      const outcome = await run(host, argv, options);
      expect(JSON.parse(outcome.stdout).events).toHaveLength(2);
      expect(asked.find(([method]) => method === 'append')?.[1]).toEqual([
        { type: 'app/Note', entityId: 'e', payload: { text: 'a\u2028b' }, actor: 'me' },
        { type: 'plos.core/StateUpdated', entityId: 'e', payload: {} },
      ]);
    }
  });

  test.each([
    ['no JSON', '{"type":', 'it is not JSON'],
    ['no object', '[]', 'not a JSON object'],
    ['a member too many', '{"type":"a/B","entityId":"e","payload":{},"seq":1}', '"seq"'],
    ['no type', '{"entityId":"e","payload":{}}', 'type'],
    ['no entity', '{"type":"a/B","payload":{}}', 'entityId'],
    ['a payload that is no object', '{"type":"a/B","entityId":"e","payload":1}', 'payload'],
    ['an integer past 2^53', '{"type":"a/B","entityId":"e","payload":{"n":9007199254740993}}', '2^53'],
    ['a lone surrogate', '{"type":"a/B","entityId":"e","payload":{"s":"\\ud800"}}', 'surrogate'],
    [
      'too deep a payload',
      `{"type":"a/B","entityId":"e","payload":${'{"a":'.repeat(65)}1${'}'.repeat(65)}}`,
      '64',
    ],
    [
      'too large a record',
      `{"type":"a/B","entityId":"e","payload":{"s":"${'x'.repeat(262_144)}"}}`,
      '262144',
    ],
    ['a control event', '{"type":"plos.mesh/DeviceAdded","entityId":"e","payload":{}}', 'plos.mesh'],
  ])('%s is named with its line, and nothing is appended', async (_name, line, what) => {
    const { host, asked } = fakeHost();
    const outcome = await run(host, ['append', '--jsonl', '-', '--json'], {
      input: `${lines}\n${line}\n${lines}`,
    });
    expect(outcome.code).toBe(1);
    const { error } = JSON.parse(outcome.stdout);
    expect(error.code).toBe('bad_line');
    expect(error.message).toMatch(/^line 4: /);
    expect(error.message).toContain(what);
    expect(asked).toEqual([]);
  });

  test('a file that is missing, a folder, or no text is one line', async () => {
    const { host } = fakeHost();
    const codeOf = async (file: string) =>
      JSON.parse((await run(host, ['append', '--json', '--jsonl', file])).stdout).error.code;
    expect(await codeOf(join(folder, 'none'))).toBe('file_missing');
    expect(await codeOf(folder)).toBe('file_unreadable');
    expect(await codeOf(fileOf('latin1', Buffer.from([0xe9, 0x0a])))).toBe('file_not_text');
    expect(await run(host, ['append'])).toMatchObject({ code: 2 });
  });
});

describe('log', () => {
  test('prints lines of JSON, or lines for people', async () => {
    const inputs: unknown[] = [];
    const log: NodeApi['log'] = async function* (input) {
      inputs.push(input);
      yield eventView(1);
      yield eventView(2, { text: 'two\nlines\u001b[0m' });
    };
    const json = await runWith({ log }, ['log', '--json', '--last', '2']);
    expect(
      json.stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).seq),
    ).toEqual([1, 2]);
    const plain = await runWith({ log }, ['log']);
    expect(plain.stdout.trimEnd().split('\n')).toHaveLength(2);
    expect(plain.stdout).toMatch(/ {2}phone {2}ev1\w+ {2}StateUpdated {2}\S+ {2}\{"title":"t1"\}\n/);
    expect(inputs).toEqual([{ follow: false, last: 2 }, { follow: false }]);
  });

  test('a failure in between is told after what came before', async () => {
    const log: NodeApi['log'] = async function* () {
      yield eventView(1);
      throw new SmoError('device_stopped', 'the device stopped');
    };
    const outcome = await runWith({ log }, ['log', '--json']);
    const [first, second] = outcome.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(first.seq).toBe(1);
    expect(second.error.code).toBe('device_stopped');
    expect(outcome.code).toBe(1);
  });

  test('--follow shows each event at once, and ends with a signal', async () => {
    const written = Promise.withResolvers<void>();
    const { host, asked } = fakeHost({
      api: {
        log: async function* () {
          yield eventView(1);
          await new Promise(() => undefined);
        },
      },
    });
    const process = fakeIo({ stdout: { write: async () => written.resolve() } });
    const ended = runCli({
      argv: ['log', '--follow', '--json'],
      io: process.io,
      host: async () => host,
      version: '1',
    });
    await written.promise;
    process.signal('SIGINT');
    expect(await ended).toBe(0);
    expect(asked.at(-1)).toEqual(['close']);
    expect(process.listening()).toBe(0);
  });

  test('a reader that goes away ends it quietly, and the home is closed', async () => {
    let given = 0;
    const { host, asked } = fakeHost({
      api: {
        log: async function* () {
          for (given = 1; ; given += 1) yield eventView(given);
        },
      },
    });
    const outcome = await run(host, ['log'], { stdout: { write: () => Promise.reject(new OutputClosed()) } });
    expect(outcome).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(asked.at(-1)).toEqual(['close']);
  });

  test('a slow reader holds the source up', async () => {
    let given = 0;
    const release = Promise.withResolvers<void>();
    const blocked = Promise.withResolvers<void>();
    const { host } = fakeHost({
      api: {
        log: async function* () {
          for (given = 1; given <= 5_000; given += 1) yield eventView(given, { text: 'x'.repeat(1_000) });
        },
      },
    });
    const write = () => {
      blocked.resolve();
      return release.promise;
    };
    const ended = run(host, ['log', '--json'], { stdout: { write } });
    await blocked.promise;
    expect(given).toBeLessThan(100);
    release.resolve();
    expect(await ended).toMatchObject({ code: 0 });
    expect(given).toBe(5_001);
  });
});

describe('seal and verify', () => {
  test('seal', async () => {
    const segments = [{ origin: 'o', segment: 3, events: 1, root: 'sha256:ab' }];
    expect((await runWith({ seal: async () => ({ segments }) }, ['seal'])).stdout).toBe(
      'Sealed segment 3: 1 event, sha256:ab\n',
    );
    expect((await runWith({ seal: async () => ({ segments: [] }) }, ['seal'])).stdout).toBe(
      'Nothing to seal.\n',
    );
  });

  const report = { ok: true, logs: 2, segments: 3, events: 1204, digest: 'abcd', findings: [] };
  const damaged = {
    ...report,
    ok: false,
    findings: [{ code: 'root_mismatch', message: 'the root differs', origin: 'o', segment: 2, seq: 7 }],
  };

  test('verify says what was checked', async () => {
    const { code, stdout } = await runWith({ verify: async () => report }, ['verify']);
    expect(code).toBe(0);
    expect(stdout).toBe('All is well: 2 logs, 3 segments, 1,204 events verified.\ndigest  abcd\n');
  });

  test('a fault is named with its place, and fails', async () => {
    const verify = async () => damaged;
    const plain = await runWith({ verify }, ['verify']);
    expect(plain.code).toBe(1);
    expect(plain.stdout).toContain('root_mismatch  log o segment 2 event 7: the root differs');
    const json = await runWith({ verify }, ['verify', '--json']);
    expect(json).toMatchObject({ code: 1, stdout: `${JSON.stringify(damaged)}\n` });
  });

  test('verify --smo-os needs no home', async () => {
    const verifySmoOs: CliHost['verifySmoOs'] = async (path) => ({
      ok: false,
      segments: 1,
      events: 2,
      findings: [{ code: 'bad_signature', message: `in ${path}` }],
    });
    const { host, asked } = fakeHost({ host: { verifySmoOs } });
    const outcome = await run(host, ['verify', '--smo-os', '/data']);
    expect(outcome.code).toBe(1);
    expect(outcome.stdout).toContain('bad_signature  in /data');
    expect(asked).toEqual([]);
  });
});

describe('export and import', () => {
  const lines = ['{"a":1}', '{"b":2}'];
  const exported: unknown[] = [];
  const exportLines: NodeApi['export'] = async function* (input) {
    exported.push(input);
    yield* lines;
  };

  test('export prints lines', async () => {
    expect((await runWith({ export: exportLines }, ['export'])).stdout).toBe('{"a":1}\n{"b":2}\n');
    expect((await runWith({ export: exportLines }, ['export', '--smo-os', '--json'])).stdout).toBe(
      '{"a":1}\n{"b":2}\n',
    );
    expect(exported).toEqual([{ format: 'jsonl' }, { format: 'smo-os' }]);
    expect(await runWith({ export: exportLines }, ['export', '--smo-os', '--jsonl'])).toMatchObject({
      code: 2,
    });
  });

  test('export --out writes the file whole', async () => {
    const out = fileOf('out.jsonl', 'older and longer than what comes now');
    const outcome = await runWith({ export: exportLines }, ['export', '--out', out, '--json']);
    expect(JSON.parse(outcome.stdout)).toEqual({ file: out, lines: 2 });
    expect(readFileSync(out, 'utf8')).toBe('{"a":1}\n{"b":2}\n');
    if (process.platform !== 'win32') expect(statSync(out).mode & 0o777).toBe(0o600);
  });

  test('export --out that fails leaves the old file and nothing else', async () => {
    const inside = mkdtempSync(join(folder, 'export-'));
    const out = join(inside, 'out.jsonl');
    writeFileSync(out, 'old');
    const failing: NodeApi['export'] = async function* () {
      yield 'new';
      throw new SmoError('damaged_store', 'segment 3 cannot be read');
    };
    expect(await runWith({ export: failing }, ['export', '--out', out])).toMatchObject({ code: 1 });
    expect(readFileSync(out, 'utf8')).toBe('old');
    expect(readdirSync(inside)).toEqual(['out.jsonl']);
    const nowhere = await runWith({ export: exportLines }, [
      'export',
      '--json',
      '--out',
      join(inside, 'no', 'x'),
    ]);
    expect(JSON.parse(nowhere.stdout).error.code).toBe('file_not_writable');
    const onFolder = await runWith({ export: exportLines }, ['export', '--json', '--out', folder]);
    expect(JSON.parse(onFolder.stdout).error.code).toBe('file_not_writable');
  });

  test('import of a file, of the standard input and of a repository', async () => {
    const inputs: unknown[] = [];
    const importAll: NodeApi['import'] = async (input) => {
      inputs.push(input);
      return { imported: 1200, known: 3, logs: 1, late: 0, skipped: 0 };
    };
    const file = fileOf('in.jsonl', 'text\n');
    const plain = await runWith({ import: importAll }, ['import', file]);
    expect(plain.stdout).toBe('Imported 1,200 events in 1 log; 3 were here already.\n');
    const json = await runWith({ import: importAll }, ['import', '--git', 'repo', '--json']);
    expect(JSON.parse(json.stdout)).toEqual({ imported: 1200, known: 3, logs: 1, late: 0, skipped: 0 });
    await run(fakeHost({ api: { import: importAll } }).host, ['import', '-'], { input: 'piped' });
    expect(inputs).toEqual([
      { kind: 'smo-os', name: file, text: 'text\n' },
      { kind: 'git', path: resolve('repo') },
      { kind: 'smo-os', name: 'the standard input', text: 'piped' },
    ]);
    expect(await runWith({}, ['import'])).toMatchObject({ code: 2 });
    expect(await runWith({}, ['import', file, '--git', '.'])).toMatchObject({ code: 2 });
  });
});

describe('project, conformance, demo', () => {
  test('project prints the view, or the count', async () => {
    const view = { entities: {}, conflicts: [] };
    const projectSmoOs: CliHost['projectSmoOs'] = async (files) => ({ view, count: files.length });
    const host = { projectSmoOs };
    const plain = await runWith({}, ['project', 'a', 'b'], host);
    expect(JSON.parse(plain.stdout)).toEqual(view);
    expect((await runWith({}, ['project', 'a', '--json'], host)).stdout).toBe(`${JSON.stringify(view)}\n`);
    expect((await runWith({}, ['project', '--count', 'a', 'b'], host)).stdout).toBe('2\n');
    expect((await runWith({}, ['project', '--count', 'a', '--json'], host)).stdout).toBe('{"count":1}\n');
    expect(await runWith({}, ['project'], host)).toMatchObject({ code: 2 });
  });

  test('conformance fails when a case fails', async () => {
    const cases = [
      { name: 'one', ok: true },
      { name: 'two', ok: false, message: 'entities differ' },
    ];
    const host: Partial<CliHost> = { conformance: async () => ({ ok: false, cases }) };
    const plain = await runWith({}, ['conformance', 'dir'], host);
    expect(plain).toMatchObject({
      code: 1,
      stdout: 'pass  one\nFAIL  two: entities differ\n1 of 2 cases passed.\n',
    });
    const json = await runWith({}, ['conformance', 'dir', '--json'], host);
    expect(JSON.parse(json.stdout)).toEqual({ ok: false, cases });
  });

  test('demo passes its options on and ends with a table', async () => {
    const inputs: unknown[] = [];
    const report = {
      ok: true,
      story: ['laptop makes a space', 'desktop joins'],
      source: 'a made repository',
      commits: 12,
      events: 90,
      segments: 3,
      bytesMoved: 4096,
      conflictsClosed: 1,
      converged: true,
      stateEqualsGit: true,
      durationMs: 4_200,
      devices: [
        {
          name: 'desk',
          device: IDS.desk,
          events: 90,
          segments: 3,
          bytesIn: 10,
          bytesOut: 2048,
          digest: 'f'.repeat(64),
          verified: true,
        },
      ],
    };
    const demo: CliHost['demo'] = async ({ onProgress, signal, ...input }) => {
      inputs.push(input);
      onProgress({ phase: 'pairing', done: 1, total: 2 });
      expect(signal.aborted).toBe(false);
      return report;
    };
    const plain = await runWith({}, ['demo'], { demo });
    expect(plain.code).toBe(0);
    expect(plain.stdout).toMatch(/desk +90 +3 +10 B +2\.0 KiB +yes +f{16}\n/);
    expect(plain.stdout).toContain('the state equals git ls-tree -r HEAD');
    expect(plain.stderr).toBe('');
    const argv = ['demo', '--git', '/r', '--devices', '5', '--keep', '/k', '--crash', '--json'];
    expect(JSON.parse((await runWith({}, argv, { demo })).stdout)).toEqual(report);
    const command = ['node', 'main.js'];
    expect(inputs).toEqual([
      { devices: 3, crash: false, command },
      { devices: 5, crash: true, command, git: resolve('/r'), keep: resolve('/k') },
    ]);
    const failed = await runWith({}, ['demo'], {
      demo: async () => ({ ...report, ok: false, converged: false }),
    });
    expect(failed.code).toBe(1);
    expect(failed.stdout).toContain('DIFFER');
    expect(await runWith({}, ['demo', '--devices', '1'], { demo })).toMatchObject({ code: 2 });
  });
});
