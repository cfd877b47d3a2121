import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { nativeCrypto } from '../../../node/crypto/index.ts';
import { openHome } from '../../../node/home/index.ts';
import type { Device } from '../../../node/host/device.ts';
import { InviteBook } from '../../../node/host/invite-book.ts';
import { joinSpace } from '../../../node/host/join.ts';
import { JoinDesk } from '../../../node/host/join-desk.ts';
import { encodeTicket } from '../../../protocol/membership/index.ts';
import { createMesh, type FramePipe } from '../../../transports/index.ts';
import { homeDevice } from '../../support/home-device.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** A pipe that breaks in place of sending its second frame: the one that answers a proof. */
const cutBeforeAnswer = (pipe: FramePipe): FramePipe => {
  let sent = 0;
  return {
    peer: pipe.peer,
    send: (frame) => (++sent === 2 ? pipe.close() : pipe.send(frame)),
    receive: (options) => pipe.receive(options),
    close: () => pipe.close(),
  };
};

/** An inviter on the network, of whose dialogues the first few break before their end; and a ticket of it. */
const inviter = async (broken: number): Promise<{ readonly device: Device; readonly ticket: string }> => {
  const { home, device } = await homeDevice();
  const book = await InviteBook.open(home);
  const invite = await book.create('writer', Date.now() + 60_000, Date.now());
  const desk = new JoinDesk(device, book);
  let dialogues = 0;
  const ignore = (): void => undefined;
  const mesh = await createMesh(
    {
      device: device.signer.device,
      privateKey: (await openHome(home)).key.seed,
      listen: ['/ip4/127.0.0.1/tcp/0'],
      dial: [],
      mdns: null,
      addressBook: { addressesOf: () => [] },
    },
    {
      isMember: (other) => device.host.engine.membership.get(other) !== undefined,
      members: () => [],
      isInviteOpen: () => true,
      onPeerConnected: ignore,
      onPeerDisconnected: ignore,
      onFrame: ignore,
      onJoinRequest: (_, pipe) => {
        dialogues += 1;
        void desk.serve(dialogues <= broken ? cutBeforeAnswer(pipe) : pipe);
      },
      onAddresses: ignore,
      log: ignore,
    },
  );
  onTestFinished(() => mesh.stop());
  await mesh.start();
  const { space, signer } = device;
  const addresses = mesh.addresses();
  return {
    device,
    ticket: encodeTicket(nativeCrypto, { ...invite, space, inviter: signer.device, addresses }),
  };
};

const newFolder = (): string => join(temporaryFolder(), 'home');

test('a device whose welcome was lost asks again, and is in', async () => {
  const { device, ticket } = await inviter(2);
  const { home } = await joinSpace(newFolder(), { ticket, name: 'b', timeoutMs: 20_000 });
  const { membership } = device.host.engine;
  expect(membership.size).toBe(2);
  expect(membership.get(home.key.signer.device)).toMatchObject({ name: 'b', role: 'writer' });
});

test('a device whose welcome is always lost gives up, says so, and leaves nothing behind', async () => {
  const { ticket } = await inviter(Number.POSITIVE_INFINITY);
  const folder = newFolder();
  await expect(joinSpace(folder, { ticket, name: 'b', timeoutMs: 20_000 })).rejects.toMatchObject({
    code: 'join_interrupted',
    hint: expect.stringContaining('smo device list'),
  });
  expect(await readdir(folder).catch(() => [])).toEqual([]);
});
