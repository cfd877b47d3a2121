import { connect } from 'node:net';
import { beforeEach, describe, expect, test } from 'vitest';
import { SmoError } from '../../../protocol/fault/index.ts';
import { ControlRig, failure } from './control-rig.ts';
import { endlessStream, eventView } from './fake-node.ts';

let rig: ControlRig;

beforeEach(() => {
  rig = new ControlRig();
});

describe('streams', () => {
  test('items come one by one, in order, whatever their size', async () => {
    const events = Array.from({ length: 500 }, (_, i) => eventView(i + 1, 'ß\u2028'.repeat(i * 20)));
    const { client } = await rig.serve({
      log: async function* () {
        yield* events;
      },
      export: async function* () {
        yield* ['{"a":1}', '{"error":{"code":"x","message":"a line, not a failure","hint":""}}', ''];
      },
    });
    expect(await Array.fromAsync(client.log({ follow: false }))).toEqual(events);
    expect(await Array.fromAsync(client.export({ format: 'jsonl' }))).toHaveLength(3);
  });

  test('an empty stream is empty', async () => {
    const { client } = await rig.serve({ log: async function* () {} });
    expect(await Array.fromAsync(client.log({ follow: false, last: 0 }))).toEqual([]);
    expect(await rig.post('/v1/log', '{"follow":false}')).toEqual({
      status: 200,
      type: 'application/x-ndjson',
      body: '',
    });
  });

  test('a failure before the first item has its own status', async () => {
    const { client } = await rig.serve({
      // biome-ignore lint/correctness/useYield: a stream that fails at once
      export: async function* () {
        throw new SmoError('damaged_store', 'segment 3 cannot be read');
      },
    });
    expect(await failure(Array.fromAsync(client.export({ format: 'jsonl' })))).toMatchObject({
      code: 'damaged_store',
    });
    expect(await rig.post('/v1/export', '{"format":"jsonl"}')).toMatchObject({ status: 422 });
  });

  test('a failure between items is the last line', async () => {
    const { client } = await rig.serve({
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
    const { client } = await rig.serve({ log: () => source.stream });
    for await (const item of client.log({ follow: true })) {
      expect(item).toEqual(eventView(1));
      break;
    }
    await source.released;
  });

  test('return() ends a wait for the next item', async () => {
    const source = endlessStream([eventView(1)]);
    const { client } = await rig.serve({ log: () => source.stream });
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
    await rig.serve({
      log: () => {
        asked.resolve();
        return source.stream;
      },
    });
    const body = '{"follow":true}';
    const socket = connect(rig.socketPath, () => {
      socket.write(`POST /v1/log HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    });
    await asked.promise;
    socket.destroy();
    await source.released;
  });

  test('a client that does not read holds the source up, not the memory', async () => {
    const source = endlessStream(Array.from({ length: 2_000 }, (_, i) => eventView(i, 'x'.repeat(100_000))));
    await rig.serve({ log: () => source.stream });
    const body = '{"follow":true}';
    const socket = connect(rig.socketPath);
    socket.pause();
    socket.write(`POST /v1/log HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    // Two answered requests one after the other: the stream had its turns in between.
    await rig.post('/v1/toString', '{}');
    await rig.post('/v1/toString', '{}');
    expect(source.given()).toBeGreaterThan(0);
    expect(source.given()).toBeLessThan(100);
    socket.destroy();
    await source.released;
  });
});
