import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

const SERVICE = 'urn:schemas-upnp-org:service:WANIPConnection:2';

/** What a device asked of the gateway: the action, and its arguments by name. */
export interface GatewayCall {
  readonly action: string;
  readonly args: Readonly<Record<string, string>>;
}

/** A router that speaks UPnP on the loopback interface, and remembers what it was asked. */
export interface FakeGateway {
  /** Where its description is. */
  readonly url: string;
  readonly calls: readonly GatewayCall[];
}

/** How the gateway behaves. */
export interface GatewayOptions {
  /** Its address on the internet. */
  readonly externalAddress: string;
  /** The port that it gives out; undefined: it refuses to map any. */
  readonly externalPort?: number;
}

/** Starts a gateway; it is stopped when the test ends. */
export const startGateway = async ({
  externalAddress,
  externalPort,
}: GatewayOptions): Promise<FakeGateway> => {
  const calls: GatewayCall[] = [];
  const answer = async (request: IncomingMessage): Promise<readonly [number, string]> => {
    if (request.method !== 'POST') return [200, DESCRIPTION];
    const body = await text(request);
    const action = /<u:(\w+)/.exec(body)?.[1] ?? '';
    const args = Object.fromEntries(
      [...body.matchAll(/<(New\w+)>([^<]*)</g)].map(([, name, value]) => [name, value]),
    );
    calls.push({ action, args });
    if (action === 'GetExternalIPAddress') {
      return [200, response(action, `<NewExternalIPAddress>${externalAddress}</NewExternalIPAddress>`)];
    }
    if (action === 'AddAnyPortMapping' && externalPort === undefined) return [500, REFUSAL];
    if (action === 'AddAnyPortMapping') {
      return [200, response(action, `<NewReservedPort>${externalPort}</NewReservedPort>`)];
    }
    return [200, response(action, '')];
  };
  const server = createServer(async (request, reply) => {
    const [status, body] = await answer(request);
    reply.writeHead(status, { 'content-type': 'text/xml' }).end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/description.xml`, calls };
};

const DESCRIPTION = `<?xml version="1.0"?>
<root xmlns="urn:schemas-upnp-org:device-1-0">
  <device>
    <deviceType>urn:schemas-upnp-org:device:InternetGatewayDevice:2</deviceType>
    <UDN>uuid:fake-gateway</UDN>
    <serviceList>
      <service>
        <serviceType>${SERVICE}</serviceType>
        <SCPDURL>/service.xml</SCPDURL>
        <controlURL>/control</controlURL>
      </service>
    </serviceList>
  </device>
</root>`;

const envelope = (body: string): string =>
  `<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${body}</s:Body></s:Envelope>`;

const response = (action: string, values: string): string =>
  envelope(`<u:${action}Response xmlns:u="${SERVICE}">${values}</u:${action}Response>`);

const REFUSAL = envelope(
  '<s:Fault><faultcode>s:Client</faultcode><detail><UPnPError><errorCode>606</errorCode><errorDescription>Action not authorized</errorDescription></UPnPError></detail></s:Fault>',
);
