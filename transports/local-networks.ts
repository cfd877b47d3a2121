import { BlockList } from 'node:net';
import { networkInterfaces } from 'node:os';

/** A network of IPv4 that this machine has an address in. */
export interface LocalNetwork {
  /** The machine's own address, which names the interface to the operating system. */
  readonly address: string;
  /** Bits of the address that the whole network shares. */
  readonly prefix: number;
}

/** The networks that this machine is in right now, the loopback one included. */
export const localNetworks = (): readonly LocalNetwork[] =>
  Object.values(networkInterfaces()).flatMap((addresses = []) =>
    addresses.flatMap(({ family, address, cidr }) => {
      const prefix = Number(cidr?.split('/')[1]);
      return family === 'IPv4' && Number.isInteger(prefix) ? [{ address, prefix }] : [];
    }),
  );

/** The network that an address of IPv4 is in, the smallest of several; undefined when it is in none. */
export const networkOf = (networks: readonly LocalNetwork[], address: string): LocalNetwork | undefined => {
  let best: LocalNetwork | undefined;
  for (const network of networks) {
    if (network.prefix > (best?.prefix ?? -1) && isIn(network, address)) best = network;
  }
  return best;
};

const isIn = ({ address, prefix }: LocalNetwork, other: string): boolean => {
  try {
    const list = new BlockList();
    list.addSubnet(address, prefix, 'ipv4');
    return list.check(other, 'ipv4');
  } catch {
    // What the system reports may be no address after all.
    return false;
  }
};
