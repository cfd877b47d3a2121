import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { networkInterfaces } from 'node:os';

/** Multiaddrs of all interfaces with one port, of IPv4 and, where the system has it, of IPv6. */
export const everyInterface = (port: number, interfaces = networkInterfaces()): readonly string[] => {
  const hasIpv6 = Object.values(interfaces).some((of = []) => of.some(({ family }) => family === 'IPv6'));
  return [`/ip4/0.0.0.0/tcp/${port}`, ...(hasIpv6 ? [`/ip6/::/tcp/${port}`] : [])];
};

/** A port that nobody listens on, of IPv4 or IPv6; somebody may take it before it is listened on. */
export const freePort = async (): Promise<number> => {
  const server = createServer();
  // Without a host it is bound for both.
  server.listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};
