import { chmodSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { NodeApi } from '../../../node/api/index.ts';
import { type ControlServer, connectControl, createControlServer } from '../../../node/control/index.ts';
import { SmoError } from '../../../protocol/fault/index.ts';
import { endlessStream, eventView, fakeNode, leaveStaleSocket, STATUS } from './fake-node.ts';

let folder: string;
let socketPath: string;
const servers: ControlServer[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'smo-control-'));
  socketPath = join(folder, 'control.sock');
});

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
  rmSync(folder, { recursive: true, force: true });
});

const serve = async (methods: Partial<NodeApi>): Promise<{ server: ControlServer; client: NodeApi }> => {
  const server = createControlServer(fakeNode(methods), socketPath);
  servers.push(server);
  await server.start();
  const client = await connectControl(socketPath);
  if (client === undefined) throw new Error('nobody listens');
  return { server, client };
};

const failure = async (action: Promise<unknown>): Promise<SmoError> => {
  const error = await action.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof SmoError)) throw new Error(`no SmoError: ${String(error)}`);
  return error;
};

const collect = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
};

/** Posts a raw body, as a stranger would who does not use the client. */
const post = (path: string, body: string | Uint8Array, method = 'POST') =>
  new Promise<{ status: number | undefined; type: string | undefined; body: string }>((resolve, reject) => {
    const outgoing = request({ socketPath, path, method, agent: false }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk);
      resolve({
        status: response.statusCode,
        type: response.headers['content-type'],
        body: Buffer.concat(chunks).toString(),
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });

describe('calls', () => {
  test('every method reaches the node with its input and brings back its result', async () => {
    const asked: Record<string, unknown> = {};
    const record = (method: string) => (input?: unknown) => {
      asked[method] = input;
      return Promise.resolve({ method } as never);
    };
    const inputs = {
      status: undefined,
      append: { drafts: [{ type: 'a/B', entityId: 'e', payload: { ключ: [1, null] }, actor: 'me' }] },
      list: undefined,
      show: { entity: 'e' },
      history: { entity: 'e', field: 'title' },
      conflicts: { all: true },
      resolve: { entity: 'e', field: 'f', event: 'ev1x' },
      unrelate: { entity: 'e', relation: 'r' },
      seal: undefined,
      verify: undefined,
      invite: { role: 'writer', expiresInMs: 900_000 },
      network: { enabled: false },
      import: { kind: 'git', path: '/repo' },
    } as const;
    const names = Object.keys(inputs) as (keyof typeof inputs)[];
    const { client } = await serve(Object.fromEntries(names.map((name) => [name, record(name)])));
    for (const name of names) {
      const call = client[name] as (input: unknown) => Promise<unknown>;
      expect(await call(inputs[name])).toEqual({ method: name });
    }
    expect(asked).toEqual(inputs);
  });

  test('keys that JavaScript treats specially arrive as they were', async () => {
    const payload = JSON.parse('{"__proto__": {"a": 1}, "constructor": 2, "2": 0, "1": 0}');
    let received = '';
    const { client } = await serve({
      append: async ({ drafts }) => {
        received = JSON.stringify(drafts);
        return { events: [] };
      },
    });
    const drafts = [{ type: 'a/B', entityId: 'e', payload }];
    await client.append({ drafts });
    expect(received).toBe(JSON.stringify(drafts));
  });

  test('an error of the node is rebuilt with its code, message and hint', async () => {
    const { client } = await serve({
      show: async () => {
        throw new SmoError('entity_unknown', 'no entity starts with "zz"', 'See smo list.');
      },
    });
    const error = await failure(client.show({ entity: 'zz' }));
    expect({ ...error, message: error.message }).toMatchObject({
      code: 'entity_unknown',
      message: 'no entity starts with "zz"',
      hint: 'See smo list.',
    });
    expect((await post('/v1/show', '{"entity":"zz"}')).status).toBe(422);
  });

  test('a bug in the node is an internal error, and the server lives on', async () => {
    const { client } = await serve({
      list: async () => {
        throw new TypeError('undefined is not a function');
      },
      status: async () => STATUS,
    });
    expect(await failure(client.list())).toMatchObject({ code: 'internal' });
    expect(await client.status()).toEqual(STATUS);
  });

  test('a large result and a large input arrive whole', async () => {
    const text = 'ü\u2028'.repeat(1_000_000);
    const { client } = await serve({
      import: async (input) => ({
        imported: input.kind === 'smo-os' ? input.text.length : 0,
        known: 0,
        late: 0,
        skipped: 0,
        logs: 0,
      }),
      list: async () => ({ entities: { big: { id: 'big', text } } }),
    });
    const imported = await client.import({ kind: 'smo-os', name: 'f', text });
    expect(imported.imported).toBe(text.length);
    expect((await client.list()).entities.big?.text).toBe(text);
  });
});

describe('bad input', () => {
  const cases: readonly (readonly [name: string, path: string, body: string, message: RegExp])[] = [
    ['no JSON', '/v1/show', '{', /not JSON/],
    ['a member that lacks', '/v1/show', '{}', /entity/],
    ['a member of another type', '/v1/conflicts', '{"all":1}', /^all: /],
    ['a member too many', '/v1/seal', '{"force":true}', /force/],
    ['no object', '/v1/status', '[]', /JSON object/],
    [
      'a payload that is no object',
      '/v1/append',
      '{"drafts":[{"type":"a/B","entityId":"e","payload":[]}]}',
      /^drafts\.0\.payload: /,
    ],
    [
      'a source without id',
      '/v1/append',
      '{"drafts":[{"type":"a/B","entityId":"e","payload":{},"source":{}}]}',
      /^drafts\.0\.source: /,
    ],
    ['an unknown role', '/v1/invite', '{"role":"king","expiresInMs":1}', /^role: /],
    [
      'an expiry that is no whole number',
      '/v1/invite',
      '{"role":"writer","expiresInMs":1.5}',
      /^expiresInMs: /,
    ],
    ['a negative count', '/v1/log', '{"follow":false,"last":-1}', /^last: /],
    ['an unknown kind of import', '/v1/import', '{"kind":"tar","path":"x"}', /^kind: /],
  ];
  test.each(cases)('%s is refused before the node is asked', async (_name, path, body, message) => {
    await serve({});
    const answer = await post(path, body);
    expect(answer.status).toBe(400);
    expect(answer.type).toBe('application/json');
    const { error } = JSON.parse(answer.body);
    expect(error.code).toBe('bad_request');
    expect(error.message).toMatch(message);
  });

  test('bytes that are not UTF-8 are refused', async () => {
    await serve({});
    expect((await post('/v1/show', Buffer.from([0x22, 0xff, 0x22]))).body).toContain('UTF-8');
  });

  test('an unknown method, an inherited name and another verb are refused', async () => {
    await serve({});
    expect(await post('/v1/explode', '{}')).toMatchObject({ status: 404 });
    expect(await post('/v1/toString', '{}')).toMatchObject({ status: 404 });
    expect(await post('/', '{}')).toMatchObject({ status: 404 });
    expect(await post('/v1/status', '', 'GET')).toMatchObject({ status: 405 });
  });

  test('a body that announces more than the limit is refused unread', async () => {
    await serve({});
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const outgoing = request({
        socketPath,
        path: '/v1/import',
        method: 'POST',
        agent: false,
        headers: { 'content-length': 2 ** 30 },
      });
      outgoing.on('response', (response) => {
        response.resume();
        resolve(response.statusCode);
        outgoing.destroy();
      });
      outgoing.on('error', reject);
      outgoing.flushHeaders();
    });
    expect(status).toBe(413);
  });
});

describe('streams', () => {
  test('items come one by one, in order, whatever their size', async () => {
    const events = Array.from({ length: 500 }, (_, i) => eventView(i + 1, 'ß\u2028'.repeat(i * 20)));
    const { client } = await serve({
      log: async function* () {
        yield* events;
      },
      export: async function* () {
        yield* ['{"a":1}', '{"error":{"code":"x","message":"a line, not a failure","hint":""}}', ''];
      },
    });
    expect(await collect(client.log({ follow: false }))).toEqual(events);
    expect(await collect(client.export({ format: 'jsonl' }))).toHaveLength(3);
  });

  test('an empty stream is empty', async () => {
    const { client } = await serve({ log: async function* () {} });
    expect(await collect(client.log({ follow: false, last: 0 }))).toEqual([]);
    expect(await post('/v1/log', '{"follow":false}')).toEqual({
      status: 200,
      type: 'application/x-ndjson',
      body: '',
    });
  });

  test('a failure before the first item has its own status', async () => {
    const { client } = await serve({
      // biome-ignore lint/correctness/useYield: a stream that fails at once
      export: async function* () {
        throw new SmoError('damaged_store', 'segment 3 cannot be read');
      },
    });
    expect(await failure(collect(client.export({ format: 'jsonl' })))).toMatchObject({
      code: 'damaged_store',
    });
    expect(await post('/v1/export', '{"format":"jsonl"}')).toMatchObject({ status: 422 });
  });

  test('a failure between items is the last line', async () => {
    const { client } = await serve({
      log: async function* () {
        yield eventView(1);
        throw new SmoError('damaged_store', 'segment 3 cannot be read', 'Run smo verify.');
      },
    });
    const got: unknown[] = [];
    const reading = (async () => {
      for await (const item of client.log({ follow: false })) got.push(item);
    })();
    expect(await failure(reading)).toMatchObject({ code: 'damaged_store', hint: 'Run smo verify.' });
    expect(got).toEqual([eventView(1)]);
  });

  test('a follower that lets go ends the stream of the node', async () => {
    const source = endlessStream([eventView(1)]);
    const { client } = await serve({ log: () => source.stream });
    for await (const item of client.log({ follow: true })) {
      expect(item).toEqual(eventView(1));
      break;
    }
    await source.released;
  });

  test('return() ends a wait for the next item', async () => {
    const source = endlessStream([eventView(1)]);
    const { client } = await serve({ log: () => source.stream });
    const iterator = client.log({ follow: true })[Symbol.asyncIterator]();
    await iterator.next();
    const pending = iterator.next();
    await iterator.return?.();
    expect(await pending).toEqual({ done: true, value: undefined });
    await source.released;
  });

  test('a client that dies before the first item ends the stream of the node', async () => {
    const source = endlessStream([]);
    const asked = Promise.withResolvers<void>();
    await serve({
      log: () => {
        asked.resolve();
        return source.stream;
      },
    });
    const body = '{"follow":true}';
    const socket = connect(socketPath, () => {
      socket.write(`POST /v1/log HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    });
    await asked.promise;
    socket.destroy();
    await source.released;
  });

  test('a client that does not read holds the source up, not the memory', async () => {
    const source = endlessStream(Array.from({ length: 2_000 }, (_, i) => eventView(i, 'x'.repeat(100_000))));
    await serve({ log: () => source.stream });
    const body = '{"follow":true}';
    const socket = connect(socketPath);
    socket.pause();
    socket.write(`POST /v1/log HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    // Two answered requests one after the other: the stream had its turns in between.
    await post('/v1/toString', '{}');
    await post('/v1/toString', '{}');
    expect(source.given()).toBeGreaterThan(0);
    expect(source.given()).toBeLessThan(100);
    socket.destroy();
    await source.released;
  });
});

describe('stop', () => {
  test('ends open streams with a line that says so, within a second', async () => {
    const source = endlessStream([eventView(1)]);
    const { server, client } = await serve({ log: () => source.stream });
    const iterator = client.log({ follow: true })[Symbol.asyncIterator]();
    await iterator.next();
    const next = failure(Promise.resolve(iterator.next()));
    const startedMs = performance.now();
    await server.stop();
    expect(performance.now() - startedMs).toBeLessThan(1_000);
    expect(await next).toMatchObject({ code: 'device_stopped' });
    await source.released;
  });

  test('lets a call that is under way end', async () => {
    const asked = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const { server, client } = await serve({
      seal: async () => {
        asked.resolve();
        await release.promise;
        return { segments: [] };
      },
    });
    const sealing = client.seal();
    await asked.promise;
    const stopping = server.stop();
    release.resolve();
    expect(await sealing).toEqual({ segments: [] });
    await stopping;
  });

  test('cuts a call that does not end', async () => {
    const asked = Promise.withResolvers<void>();
    const { server, client } = await serve({
      seal: () => {
        asked.resolve();
        return new Promise(() => undefined);
      },
    });
    const sealing = failure(client.seal());
    await asked.promise;
    await server.stop();
    expect(await sealing).toMatchObject({ code: 'connection_lost' });
  });

  test('takes the socket file away; nobody listens there any more, and it can be called twice', async () => {
    const { server } = await serve({});
    await server.stop();
    await server.stop();
    expect(existsSync(socketPath)).toBe(false);
    expect(await connectControl(socketPath)).toBeUndefined();
  });
});

describe.skipIf(process.platform === 'win32')('the socket file', () => {
  test('is for its owner alone, and the umask is as it was', async () => {
    const umask = process.umask();
    await serve({});
    expect(statSync(socketPath).mode & 0o777).toBe(0o600);
    expect(process.umask()).toBe(umask);
  });

  test('of a process that died is replaced', async () => {
    await leaveStaleSocket(socketPath);
    expect(existsSync(socketPath)).toBe(true);
    expect(await connectControl(socketPath)).toBeUndefined();
    const { client } = await serve({ status: async () => STATUS });
    expect(await client.status()).toEqual(STATUS);
    expect(statSync(socketPath).mode & 0o777).toBe(0o600);
  });

  test('of a process that answers is left alone', async () => {
    const { client } = await serve({ status: async () => STATUS });
    const second = createControlServer(fakeNode({}), socketPath);
    expect(await failure(second.start())).toMatchObject({ code: 'home_in_use' });
    await second.stop();
    expect(await client.status()).toEqual(STATUS);
  });

  test('is not made where another file stands', async () => {
    writeFileSync(socketPath, 'precious');
    const server = createControlServer(fakeNode({}), socketPath);
    expect(await failure(server.start())).toMatchObject({ code: 'socket_path_taken' });
    expect(statSync(socketPath).size).toBe(8);
    expect(await connectControl(socketPath)).toBeUndefined();
  });

  test('is not made in a folder that does not exist', async () => {
    const server = createControlServer(fakeNode({}), join(folder, 'none', 'control.sock'));
    expect(await failure(server.start())).toMatchObject({ code: 'socket_failed' });
  });

  test.skipIf(process.getuid?.() === 0)('of another user is refused with what to do', async () => {
    await serve({});
    chmodSync(socketPath, 0);
    expect(await failure(connectControl(socketPath))).toMatchObject({ code: 'socket_denied' });
  });
});

test('an answer that breaks off is an error, not a short result', async () => {
  const cut =
    'HTTP/1.1 200 OK\r\ncontent-type: application/x-ndjson\r\ntransfer-encoding: chunked\r\n\r\n3\r\n{}\n\r\n';
  const broken = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(cut));
  });
  await new Promise<void>((resolve) => broken.listen(socketPath, resolve));
  try {
    const client = await connectControl(socketPath);
    if (client === undefined) throw new Error('nobody listens');
    const got: unknown[] = [];
    const reading = (async () => {
      for await (const item of client.export({ format: 'jsonl' })) got.push(item);
    })();
    expect(await failure(reading)).toMatchObject({ code: 'connection_lost' });
    expect(await failure(client.status())).toMatchObject({ code: 'connection_lost' });
    expect(got).toEqual([{}]);
  } finally {
    await new Promise((resolve) => broken.close(resolve));
  }
});

test('an answer that is no JSON is an error that says so', async () => {
  const strange = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi'));
  });
  await new Promise<void>((resolve) => strange.listen(socketPath, resolve));
  try {
    const client = await connectControl(socketPath);
    expect(await failure(client?.status() ?? Promise.resolve())).toMatchObject({ code: 'bad_answer' });
  } finally {
    await new Promise((resolve) => strange.close(resolve));
  }
});
