import { type UPnPNATComponents, uPnPNAT } from '@libp2p/upnp-nat';
import type { Multiaddr } from '@multiformats/multiaddr';
import { withParts } from './component-parts.ts';
import type { MeshLogLevel } from './mesh.ts';
import type { ReachOptions } from './reach-options.ts';

/** What the router shows of this device in its list of mappings. */
const DESCRIPTION = 'smo-mesh';

/**
 * UPnP: asks the router to pass connections on to this device, and takes the mapping back at the end. Whatever
 * goes wrong is said and is no error: most networks have no such router.
 */
export const routerMapping =
  ({ gateways }: NonNullable<ReachOptions['upnp']>, log: (level: MeshLogLevel, message: string) => void) =>
  (components: UPnPNATComponents): unknown => {
    const { addressManager, logger } = components;
    let told = '';
    const complain = (line: string): void => {
      // It asks again and again, and a router that is silent stays so.
      if (line !== told) log('warn', `UPnP: ${line}`);
      told = line;
    };
    return uPnPNAT({
      portMappingDescription: DESCRIPTION,
      // The router's word is enough to announce the address; whether it leads anywhere, AutoNAT finds out.
      autoConfirmAddress: true,
      ...(gateways !== undefined && { gateways: [...gateways] }),
    })(
      withParts(components, {
        addressManager: withParts(addressManager, {
          addPublicAddressMapping(...mapping: Parameters<typeof addressManager.addPublicAddressMapping>) {
            addressManager.addPublicAddressMapping(...mapping);
            const [host, port, externalHost, externalPort = port] = mapping;
            log('info', `the router passes ${externalHost}:${externalPort} on to ${host}:${port}`);
          },
          // A lifetime of 0 ms: confirmed for now, and AutoNAT may look at it at once.
          confirmObservedAddr: (address: Multiaddr) =>
            addressManager.confirmObservedAddr(address, { ttl: 0 }),
        }),
        logger: {
          forComponent: (name: string) => {
            const inner = logger.forComponent(name);
            const outer = (formatter: unknown, ...args: unknown[]): void => inner(formatter, ...args);
            return Object.assign(outer, inner, {
              error(formatter: unknown, ...args: unknown[]) {
                inner.error(formatter, ...args);
                complain(filledIn(String(formatter), args));
              },
            });
          },
        },
      }),
    );
  };

/** The text of a line of libp2p's log, whose `%e` and the like stand for its arguments; what is left over follows. */
const filledIn = (formatter: string, args: readonly unknown[]): string => {
  const texts = args.map((value) => (value instanceof Error ? value.message : String(value)));
  const text = formatter.replaceAll(/%[a-zA-Z]/g, () => texts.shift() ?? '');
  return [text, ...texts].join(': ');
};
