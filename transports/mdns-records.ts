import type { DeviceId } from '../protocol/crypto/index.ts';
import { deviceInAddress, parseAddress, withDevice } from './addresses.ts';

/** Marks an address in a TXT record (libp2p specs, discovery/mdns). */
const PREFIX = 'dnsaddr=';

/** Longest string in a TXT record, in bytes (RFC 1035, section 3.3). */
const STRING_BYTES_MAX = 255;

/** Bytes of addresses in one announcement, so that its packet fits an Ethernet frame. */
const ADDRESSES_BYTES_MAX = 1_100;

/** Most addresses of one announcement that are looked at. */
const ADDRESSES_MAX = 16;

/** How long an announcement may be remembered by others, in s. */
const TTL_S = 120;

/** A record of DNS as far as it is looked at; what came from the network may be anything. */
export interface DnsRecord {
  readonly type: string;
  readonly name?: unknown;
  readonly data?: unknown;
}

/** What is asked of a DNS server, or in a multicast query. */
export interface DnsQuestion {
  readonly type: string;
  readonly name?: unknown;
}

/** What a device says of itself. */
export interface Announcement {
  readonly device: DeviceId;
  /** Multiaddrs that end in the device, in the order in which it gave them. */
  readonly addresses: readonly string[];
}

/** Whether somebody asks for the devices of a service. */
export const asksFor = (questions: readonly DnsQuestion[], serviceTag: string): boolean =>
  questions.some(({ type, name }) => (type === 'PTR' || type === 'ANY') && isName(name, serviceTag));

/**
 * The records with which a device answers, by libp2p's mDNS specification: a pointer from the service to a name of no
 * meaning, and under that name its addresses. Undefined when there is nothing to tell.
 *
 * @param name of this run of the device, at most 63 characters
 * @param addresses multiaddrs with the device at their end, the most promising first
 */
export const announce = (serviceTag: string, name: string, addresses: readonly string[]) => {
  const strings: string[] = [];
  let bytes = 0;
  for (const address of addresses) {
    const string = `${PREFIX}${address}`;
    if (string.length > STRING_BYTES_MAX) continue;
    bytes += string.length + 1;
    if (bytes > ADDRESSES_BYTES_MAX) break;
    strings.push(string);
  }
  if (strings.length === 0) return undefined;
  const full = `${name}.${serviceTag}`;
  const common = { class: 'IN', ttl: TTL_S } as const;
  return {
    answers: [{ ...common, name: serviceTag, type: 'PTR', data: full } as const],
    additionals: [{ ...common, name: full, type: 'TXT', data: strings } as const],
  };
};

/** Reads what a device says of itself; undefined when it is this device, another service, or nothing sensible. */
export const readAnnouncement = (
  records: readonly DnsRecord[],
  serviceTag: string,
  ownName: string,
): Announcement | undefined => {
  const pointer = records.find(({ type, name }) => type === 'PTR' && isName(name, serviceTag))?.data;
  if (typeof pointer !== 'string' || isName(pointer, `${ownName}.${serviceTag}`)) return undefined;
  const texts = records.filter(({ type, name }) => type === 'TXT' && isName(name, pointer));
  let device: DeviceId | undefined;
  const addresses: string[] = [];
  for (const string of texts.flatMap(({ data }) => data).slice(0, ADDRESSES_MAX)) {
    const address = addressIn(string);
    const owner = address && deviceInAddress(address);
    device ??= owner;
    // One announcement is of one device.
    if (address === undefined || owner === undefined || owner !== device) continue;
    addresses.push(withDevice(address.toString(), owner));
  }
  return device && { device, addresses };
};

const addressIn = (string: unknown) => {
  if (typeof string !== 'string' && !(string instanceof Uint8Array)) return undefined;
  const text = typeof string === 'string' ? string : Buffer.from(string).toString();
  return text.startsWith(PREFIX) ? parseAddress(text.slice(PREFIX.length)) : undefined;
};

/** Names of DNS are the same in upper and lower case. */
const isName = (value: unknown, name: string): boolean =>
  typeof value === 'string' && value.toLowerCase() === name.toLowerCase();
