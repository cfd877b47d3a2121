import { existsSync } from 'node:fs';
import { beforeEach, describe, expect, test } from 'vitest';
import { connectControl } from '../../../node/control/index.ts';
import { ControlRig, failure } from './control-rig.ts';
import { endlessStream, eventView } from './fake-node.ts';

let rig: ControlRig;

beforeEach(() => {
  rig = new ControlRig();
});

describe('stop', () => {
  test('ends open streams with a line that says so, and does not wait until they are cut', async () => {
    const source = endlessStream([eventView(1)]);
    const { server, client } = await rig.serve({ log: () => source.stream });
    const iterator = client.log({ follow: true })[Symbol.asyncIterator]();
    await iterator.next();
    const next = failure(Promise.resolve(iterator.next()));
    await server.stop();
    expect(await next).toMatchObject({ code: 'device_stopped' });
    await source.released;
  });

  test('lets a call that is under way end', async () => {
    const asked = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const { server, client } = await rig.serve({
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
    const { server, client } = await rig.serve({
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
    const { server } = await rig.serve({});
    await server.stop();
    await server.stop();
    expect(existsSync(rig.socketPath)).toBe(false);
    expect(await connectControl(rig.socketPath)).toBeUndefined();
  });
});
