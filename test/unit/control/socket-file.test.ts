import { chmodSync, existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { connectControl, createControlServer } from '../../../node/control/index.ts';
import { ControlRig, failure } from './control-rig.ts';
import { fakeNode, leaveStaleSocket, STATUS } from './fake-node.ts';

let rig: ControlRig;

beforeEach(() => {
  rig = new ControlRig();
});

describe.skipIf(process.platform === 'win32')('the socket file', () => {
  test('is for its owner alone, and the umask is as it was', async () => {
    const umask = process.umask();
    await rig.serve({});
    expect(statSync(rig.socketPath).mode & 0o777).toBe(0o600);
    expect(process.umask()).toBe(umask);
  });

  test('of a process that died is replaced', async () => {
    await leaveStaleSocket(rig.socketPath);
    expect(existsSync(rig.socketPath)).toBe(true);
    expect(await connectControl(rig.socketPath)).toBeUndefined();
    const { client } = await rig.serve({ status: async () => STATUS });
    expect(await client.status()).toEqual(STATUS);
    expect(statSync(rig.socketPath).mode & 0o777).toBe(0o600);
  });

  test('of a process that answers is left alone', async () => {
    const { client } = await rig.serve({ status: async () => STATUS });
    const second = createControlServer(fakeNode({}), rig.socketPath);
    expect(await failure(second.start())).toMatchObject({ code: 'home_in_use' });
    await second.stop();
    expect(await client.status()).toEqual(STATUS);
  });

  test('is not made where another file stands', async () => {
    writeFileSync(rig.socketPath, 'precious');
    const server = createControlServer(fakeNode({}), rig.socketPath);
    expect(await failure(server.start())).toMatchObject({ code: 'socket_path_taken' });
    expect(statSync(rig.socketPath).size).toBe(8);
    expect(await connectControl(rig.socketPath)).toBeUndefined();
  });

  test('is not made in a folder that does not exist', async () => {
    const server = createControlServer(fakeNode({}), join(rig.folder, 'none', 'control.sock'));
    expect(await failure(server.start())).toMatchObject({ code: 'socket_failed' });
  });

  test.skipIf(process.getuid?.() === 0)('of another user is refused with what to do', async () => {
    await rig.serve({});
    chmodSync(rig.socketPath, 0);
    expect(await failure(connectControl(rig.socketPath))).toMatchObject({ code: 'socket_denied' });
  });
});
