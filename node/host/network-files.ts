import { FileAddressBook } from './address-book.ts';
import type { Device } from './device.ts';
import { InviteBook } from './invite-book.ts';
import { JoinDesk } from './join-desk.ts';
import type { NetworkOptions } from './network.ts';
import { Recovery } from './recovery.ts';

/** Opens what the network of a device keeps in its home: whom it has met, whom it lets in. */
export const openNetworkFiles = async (
  device: Device,
): Promise<Pick<NetworkOptions, 'addressBook' | 'invites' | 'recovery' | 'desk'>> => {
  const { dir } = device.home;
  const [addressBook, invites, recovery] = await Promise.all([
    FileAddressBook.open(dir),
    InviteBook.open(dir),
    Recovery.open(dir),
  ]);
  return { addressBook, invites, recovery, desk: new JoinDesk(device, invites) };
};
