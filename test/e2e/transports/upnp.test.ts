import { networkInterfaces } from 'node:os';
import { describe, expect, test } from 'vitest';
import { type FakeGateway, type GatewayOptions, startGateway } from './fake-gateway.ts';
import { bothUp, freePort, type Rig, says, startRig } from './rig.ts';

/** An address on the internet that nobody of this test dials. */
const OUTSIDE = '11.22.33.44';

/** Nothing is mapped for the loopback interface, so an address of a real network is needed. */
const inside = Object.values(networkInterfaces())
  .flatMap((infos) => infos ?? [])
  .find(
    ({ family, internal, address }) => family === 'IPv4' && !internal && !address.startsWith('169.254.'),
  )?.address;

/** A device whose router is the fake one. */
const behindGateway = async (options: GatewayOptions): Promise<readonly [Rig, FakeGateway]> => {
  const gateway = await startGateway(options);
  const device = await startRig(1, [2], {
    listen: [`/ip4/${inside}/tcp/0`],
    reach: { upnp: { gateways: [gateway.url] } },
  });
  return [device, gateway];
};

describe.skipIf(inside === undefined)('UPnP', () => {
  test('a device gets a port of the router, tells the others, and gives it back', async () => {
    const [device, gateway] = await behindGateway({ externalAddress: OUTSIDE, externalPort: 4567 });
    const port = /tcp\/(\d+)/.exec(device.mesh.addresses()[0] ?? '')?.[1];
    const other = await startRig(2, [1], { dial: device.mesh.addresses() });
    await bothUp(device, other);
    const mapped = `/ip4/${OUTSIDE}/tcp/4567/p2p/${device.device}`;
    await says(device, `info the router passes ${OUTSIDE}:4567 on to ${inside}:${port}`);
    expect(gateway.calls.find(({ action }) => action === 'AddAnyPortMapping')?.args).toMatchObject({
      NewInternalClient: inside,
      NewInternalPort: port,
      NewProtocol: 'TCP',
      NewPortMappingDescription: 'smo-mesh',
    });
    expect(device.mesh.addresses()).toContain(mapped);
    await other.until(() => other.book.get(device.device)?.includes(mapped) === true);
    await device.mesh.stop();
    expect(gateway.calls.at(-1)?.action).toBe('DeletePortMapping');
  });

  test('a router that refuses is told of, and the device goes on', async () => {
    const [device] = await behindGateway({ externalAddress: OUTSIDE });
    await says(device, 'warn UPnP: failed to create mapping');
    expect(device.lines.find((line) => line.includes('failed to create'))).toContain(
      '606 - Action not authorized',
    );
    const other = await startRig(2, [1], { dial: device.mesh.addresses() });
    await bothUp(device, other);
  });

  test('a router behind another router is of no use, and that is told', async () => {
    const [device, gateway] = await behindGateway({ externalAddress: '192.168.1.2', externalPort: 4567 });
    await says(device, '192.168.1.2 is private');
    expect(gateway.calls.map(({ action }) => action)).not.toContain('AddAnyPortMapping');
  });

  test('a router that is not there is told of once, and the device goes on', async () => {
    const url = `http://127.0.0.1:${await freePort()}/description.xml`;
    const device = await startRig(1, [2], {
      listen: [`/ip4/${inside}/tcp/0`],
      reach: { upnp: { gateways: [url] } },
    });
    await says(device, `warn UPnP: could not contact static gateway at ${url}`);
    const other = await startRig(2, [1], { dial: device.mesh.addresses() });
    await bothUp(device, other);
  });
});
