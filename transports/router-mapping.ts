import type { Startable } from '@libp2p/interface';
import { type UPnPNATComponents, uPnPNAT } from '@libp2p/upnp-nat';
import type { Multiaddr } from '@multiformats/multiaddr';
import { withParts } from './component-parts.ts';
import type { MeshLogLevel } from './mesh.ts';
import type { ReachOptions } from './reach-options.ts';

/** What the router shows of this device in its list of mappings. */
const DESCRIPTION = 'smo-mesh';

/** When it is told that nothing has come of it, in ms: by then libp2p has searched three times. */
export const NO_ROUTER_MS = 20_000;

/**
 * UPnP: asks the router to pass connections on to this device, and takes the mapping back at the end. Whatever
 * goes wrong is said and is no error: most networks have no such router.
 */
export const routerMapping =
  ({ gateways }: NonNullable<ReachOptions['upnp']>, log: (level: MeshLogLevel, message: string) => void) =>
  (components: UPnPNATComponents): Startable => {
    const { addressManager, logger } = components;
    let told = '';
    let timer: NodeJS.Timeout | undefined;
    const complain = (line: string): void => {
      clearTimeout(timer);
      // It asks again and again, and a router that is silent stays so.
      if (line !== told) log('warn', `UPnP: ${line}`);
      told = line;
    };
    const service = uPnPNAT({
      portMappingDescription: DESCRIPTION,
      // The router's word is enough to announce the address; whether it leads anywhere, AutoNAT finds out.
      autoConfirmAddress: true,
      ...(gateways !== undefined && { gateways: [...gateways] }),
    })(
      withParts(components, {
        addressManager: withParts(addressManager, {
          addPublicAddressMapping(...mapping: Parameters<typeof addressManager.addPublicAddressMapping>) {
            clearTimeout(timer);
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
    ) as object as Startable;
    return withParts<Startable>(service, {
      async start() {
        timer = setTimeout(() => complain('no router has answered'), NO_ROUTER_MS).unref();
        await service.start();
      },
      async stop() {
        clearTimeout(timer);
        await service.stop();
      },
    });
  };

/** The text of a line of libp2p's log, whose `%e` and the like stand for its arguments; what is left over follows. */
const filledIn = (formatter: string, args: readonly unknown[]): string => {
  const texts = args.map((value) => (value instanceof Error ? value.message : String(value)));
  const text = formatter.replaceAll(/%[a-zA-Z]/g, () => texts.shift() ?? '');
  return [text, ...texts].join(': ');
};
