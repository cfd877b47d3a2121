import { base32, decodeProtobuf, encodeProtobuf, utf8Decode, utf8Encode } from '../bytes/index.ts';
import {
  type Crypto,
  type DeviceId,
  deviceIdFromPublicKey,
  HASH_BYTES,
  PUBLIC_KEY_BYTES,
  parseDeviceId,
  publicKeyOf,
} from '../crypto/index.ts';
import { EVENT_LIMITS } from '../event/index.ts';
import { accept, refuse, type Verdict } from '../fault/index.ts';
import type { SpaceId } from '../manifest/index.ts';
import { isRole, type Role } from './role.ts';

/** Bytes of the one-time secret of an invite. */
export const TICKET_SECRET_BYTES = 16;

/** Most addresses that a ticket carries. */
export const TICKET_ADDRESSES_MAX = 16;

/** Longest ticket that is looked at, in characters. */
const TICKET_CHARS_MAX = 4096;

const PREFIX = 'smo1';
const CHECKSUM_BYTES = 4;

/** What an invite hands to the device that is to join. Whoever has it can join once: it is a secret. */
export interface Ticket {
  readonly space: SpaceId;
  readonly inviter: DeviceId;
  /** Multiaddrs of the inviter; may be empty, then it has to be found on the local network. */
  readonly addresses: readonly string[];
  readonly role: Role;
  /** Milliseconds since 1970, by the inviter's clock. */
  readonly expiresAt: number;
  readonly secret: Uint8Array;
}

/**
 * Text of a ticket: `smo1` and the base32 of a protobuf message followed by the first four bytes of its
 * SHA-256, which tell a mistyped ticket from a wrong one.
 *
 * | tag | type   | field                                   |
 * |-----|--------|-----------------------------------------|
 * | 1   | bytes  | space id, 32 bytes                      |
 * | 2   | bytes  | inviter's Ed25519 public key, 32 bytes  |
 * | 3   | string | address, repeated                       |
 * | 4   | string | role                                    |
 * | 5   | varint | expiresAt, ms since 1970                |
 * | 6   | bytes  | secret, 16 bytes                        |
 */
export const encodeTicket = (crypto: Crypto, ticket: Ticket): string => {
  const text = encodeWhole(crypto, ticket);
  // Addresses can be long; the first ones are the best, and fewer of them still make a ticket.
  return text.length <= TICKET_CHARS_MAX
    ? text
    : encodeTicket(crypto, {
        ...ticket,
        addresses: ticket.addresses.slice(0, TICKET_ADDRESSES_MAX).slice(0, -1),
      });
};

const encodeWhole = (crypto: Crypto, ticket: Ticket): string => {
  const message = encodeProtobuf([
    { tag: 1, type: 'bytes', value: base32.decode(ticket.space) ?? new Uint8Array() },
    { tag: 2, type: 'bytes', value: publicKeyOf(ticket.inviter) },
    ...ticket.addresses
      .slice(0, TICKET_ADDRESSES_MAX)
      .map((address) => ({ tag: 3, type: 'bytes', value: utf8Encode(address) }) as const),
    { tag: 4, type: 'bytes', value: utf8Encode(ticket.role) },
    { tag: 5, type: 'varint', value: ticket.expiresAt },
    { tag: 6, type: 'bytes', value: ticket.secret },
  ]);
  const checksum = crypto.sha256(message).subarray(0, CHECKSUM_BYTES);
  return PREFIX + base32.encode(Uint8Array.from([...message, ...checksum]));
};

/** Reads a ticket that a person pasted; upper case, and white space from a wrapped line, are forgiven. */
export const decodeTicket = (crypto: Crypto, text: string): Verdict<Ticket, 'ticket_malformed'> => {
  const joined = text.replaceAll(/\s/g, '').toLowerCase();
  if (!joined.startsWith(PREFIX)) return malformed(`a ticket starts with "${PREFIX}"`);
  if (joined.length > TICKET_CHARS_MAX) return malformed('it is too long');
  const bytes = base32.decode(joined.slice(PREFIX.length));
  if (bytes === undefined || bytes.length <= CHECKSUM_BYTES)
    return malformed('it holds characters of no ticket');
  const message = bytes.subarray(0, -CHECKSUM_BYTES);
  const checksum = crypto.sha256(message).subarray(0, CHECKSUM_BYTES);
  if (!checksum.every((byte, i) => byte === bytes[message.length + i])) {
    return malformed('its checksum is wrong, so a part is missing or mistyped');
  }
  return readMessage(message);
};

const readMessage = (message: Uint8Array): Verdict<Ticket, 'ticket_malformed'> => {
  const fields = decodeProtobuf(message);
  if (fields === undefined) return malformed('its content cannot be read');
  const bytesOf = (tag: number): readonly Uint8Array[] =>
    fields.flatMap((field) => (field.tag === tag && field.type === 'bytes' ? [field.value] : []));
  const [space] = bytesOf(1);
  const [key] = bytesOf(2);
  const addresses = bytesOf(3).map(utf8Decode);
  const role = utf8Decode(bytesOf(4)[0] ?? new Uint8Array());
  const [secret] = bytesOf(6);
  const expiry = fields.find((field) => field.tag === 5 && field.type === 'varint');
  if (
    space?.length !== HASH_BYTES ||
    key?.length !== PUBLIC_KEY_BYTES ||
    secret?.length !== TICKET_SECRET_BYTES ||
    expiry?.type !== 'varint' ||
    expiry.value > EVENT_LIMITS.timestampMsMax ||
    addresses.length > TICKET_ADDRESSES_MAX ||
    addresses.includes(undefined)
  ) {
    return malformed('its content is incomplete');
  }
  const inviter = parseDeviceId(deviceIdFromPublicKey(key));
  if (!inviter.ok) return malformed('it names no device');
  if (!isRole(role)) return malformed('it grants a role that this version does not know');
  return accept({
    space: base32.encode(space) as SpaceId,
    inviter: inviter.value,
    addresses: addresses.filter((address) => address !== undefined),
    role,
    expiresAt: expiry.value,
    secret: Uint8Array.from(secret),
  });
};

const malformed = (why: string) => refuse('ticket_malformed', `this is not a valid ticket: ${why}`);
