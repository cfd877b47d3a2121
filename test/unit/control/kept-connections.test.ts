import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { connectControl } from '../../../node/control/index.ts';
import { SmoError } from '../../../protocol/fault/index.ts';
import { ControlRig, failure } from './control-rig.ts';
import { endlessStream, eventView, STATUS } from './fake-node.ts';

let rig: ControlRig;

beforeEach(() => {
  rig = new ControlRig();
});

/** A client whose connections to the rig's server are counted on their way. */
const counted = async () => {
  const path = join(rig.folder, 'counted.sock');
  let connections = 0;
  const relay = createServer((client) => {
    connections += 1;
    const server = connect(rig.socketPath);
    for (const end of [client, server]) end.on('error', () => undefined);
    client.pipe(server).pipe(client);
  });
  await new Promise<void>((resolve) => relay.listen(path, resolve));
  onTestFinished(() => void relay.close());
  const client = await connectControl(path);
  if (client === undefined) throw new Error('nobody listens');
  // What finds out whether somebody listens is a connection too.
  const before = connections;
  return { client, connections: () => connections - before };
};

describe('the connection of a call', () => {
  test('serves the next one, and several are open while calls overlap', async () => {
    await rig.serve({ status: async () => STATUS });
    const { client, connections } = await counted();
    for (let i = 0; i < 5; i += 1) expect(await client.status()).toEqual(STATUS);
    expect(connections()).toBe(1);
    await Promise.all([client.status(), client.status(), client.status()]);
    expect(connections()).toBe(3);
  });

  test('ends with a call that fails', async () => {
    await rig.serve({
      seal: async () => {
        throw new SmoError('log_full', 'full');
      },
      status: async () => STATUS,
    });
    const { client, connections } = await counted();
    expect(await failure(client.seal())).toMatchObject({ code: 'log_full' });
    await client.status();
    expect(connections()).toBe(2);
  });

  test('ends with a stream', async () => {
    const source = endlessStream([eventView(1)]);
    await rig.serve({ log: () => source.stream, status: async () => STATUS });
    const { client, connections } = await counted();
    for await (const _ of client.log({ follow: true })) break;
    await client.status();
    expect(connections()).toBe(2);
  });

  test('is made anew when the device was started again', async () => {
    const { server, client } = await rig.serve({ status: async () => STATUS });
    await client.status();
    await server.stop();
    await rig.serve({ status: async () => ({ ...STATUS, name: 'again' }) });
    expect(await client.status()).toMatchObject({ name: 'again' });
  });
});
