import { createServer } from 'node:net';
import { beforeEach, expect, test } from 'vitest';
import { connectControl } from '../../../node/control/index.ts';
import { ControlRig, failure } from './control-rig.ts';

let rig: ControlRig;

beforeEach(() => {
  rig = new ControlRig();
});

test('an answer that breaks off is an error, not a short result', async () => {
  const cut =
    'HTTP/1.1 200 OK\r\ncontent-type: application/x-ndjson\r\ntransfer-encoding: chunked\r\n\r\n3\r\n{}\n\r\n';
  const broken = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(cut));
  });
  await new Promise<void>((resolve) => broken.listen(rig.socketPath, resolve));
  try {
    const client = await connectControl(rig.socketPath);
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
  await new Promise<void>((resolve) => strange.listen(rig.socketPath, resolve));
  try {
    const client = await connectControl(rig.socketPath);
    expect(await failure(client?.status() ?? Promise.resolve())).toMatchObject({ code: 'bad_answer' });
  } finally {
    await new Promise((resolve) => strange.close(resolve));
  }
});
