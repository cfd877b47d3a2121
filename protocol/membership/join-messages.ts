import {
  decodeProtobuf,
  encodeProtobuf,
  type ProtobufField,
  utf8Decode,
  utf8Encode,
} from '../bytes/index.ts';
import { HASH_BYTES } from '../crypto/index.ts';
import { parseOrigin } from '../event/index.ts';
import type { Genesis } from './genesis.ts';

/** Bytes of a join nonce. */
export const JOIN_NONCE_BYTES = 16;

/** Bytes by which an invite is named before anything is proven. */
export const INVITE_ID_BYTES = 16;

/** Why an inviter refuses. All but the first are told only to who proved to hold the ticket. */
export type JoinRefusal = 'ticket_refused' | 'ticket_expired' | 'ticket_spent' | 'device_revoked';

const REFUSALS: readonly string[] = [
  'ticket_refused',
  'ticket_expired',
  'ticket_spent',
  'device_revoked',
] satisfies JoinRefusal[];

/**
 * Messages of `/smo/join/1.0.0`, each a protobuf frame whose tag 1 names its type.
 *
 * | type      | direction | fields                                                            |
 * |-----------|-----------|-------------------------------------------------------------------|
 * | hello     | J to I    | 2 invite id (16), 3 joiner's nonce (16), 4 joiner's device name   |
 * | challenge | I to J    | 2 inviter's nonce (16), 3 inviter's proof (32)                    |
 * | proof     | J to I    | 2 joiner's proof (32)                                             |
 * | welcome   | I to J    | 2 genesis origin, 3 genesis record                                |
 * | refused   | I to J    | 2 code                                                            |
 */
export type JoinMessage =
  | {
      readonly type: 'hello';
      readonly inviteId: Uint8Array;
      readonly nonce: Uint8Array;
      readonly name: string;
    }
  | { readonly type: 'challenge'; readonly nonce: Uint8Array; readonly proof: Uint8Array }
  | { readonly type: 'proof'; readonly proof: Uint8Array }
  | { readonly type: 'welcome'; readonly genesis: Genesis }
  | { readonly type: 'refused'; readonly code: JoinRefusal };

const TYPE_NUMBER = { hello: 1, challenge: 2, proof: 3, welcome: 4, refused: 5 } as const;

/** Encodes a join message. */
export const encodeJoinMessage = (message: JoinMessage): Uint8Array =>
  encodeProtobuf([{ tag: 1, type: 'varint', value: TYPE_NUMBER[message.type] }, ...fieldsOf(message)]);

/** Reads a join message; undefined for anything malformed. */
export const decodeJoinMessage = (frame: Uint8Array): JoinMessage | undefined => {
  const fields = decodeProtobuf(frame);
  const kind = fields?.[0];
  if (fields === undefined || kind?.tag !== 1 || kind.type !== 'varint') return undefined;
  const bytes = (tag: number, length?: number): Uint8Array | undefined => {
    const field = fields.find((candidate) => candidate.tag === tag);
    const fits = field?.type === 'bytes' && (length === undefined || field.value.length === length);
    return fits ? Uint8Array.from(field.value) : undefined;
  };
  switch (kind.value) {
    case TYPE_NUMBER.hello: {
      const [inviteId, nonce, name] = [bytes(2, INVITE_ID_BYTES), bytes(3, JOIN_NONCE_BYTES), text(bytes(4))];
      return inviteId && nonce && name !== undefined ? { type: 'hello', inviteId, nonce, name } : undefined;
    }
    case TYPE_NUMBER.challenge: {
      const [nonce, proof] = [bytes(2, JOIN_NONCE_BYTES), bytes(3, HASH_BYTES)];
      return nonce && proof ? { type: 'challenge', nonce, proof } : undefined;
    }
    case TYPE_NUMBER.proof: {
      const proof = bytes(2, HASH_BYTES);
      return proof && { type: 'proof', proof };
    }
    case TYPE_NUMBER.welcome: {
      const origin = parseOrigin(text(bytes(2)) ?? '');
      const record = bytes(3);
      return origin.ok && record ? { type: 'welcome', genesis: { origin: origin.value, record } } : undefined;
    }
    case TYPE_NUMBER.refused: {
      const code = text(bytes(2)) ?? '';
      return REFUSALS.includes(code) ? { type: 'refused', code: code as JoinRefusal } : undefined;
    }
    default:
      return undefined;
  }
};

const text = (bytes: Uint8Array | undefined): string | undefined => bytes && utf8Decode(bytes);

const fieldsOf = (message: JoinMessage): readonly ProtobufField[] => {
  const list = (...values: readonly Uint8Array[]): readonly ProtobufField[] =>
    values.map((value, i) => ({ tag: i + 2, type: 'bytes', value }));
  switch (message.type) {
    case 'hello':
      return list(message.inviteId, message.nonce, utf8Encode(message.name));
    case 'challenge':
      return list(message.nonce, message.proof);
    case 'proof':
      return list(message.proof);
    case 'welcome':
      return list(utf8Encode(message.genesis.origin), message.genesis.record);
    case 'refused':
      return list(utf8Encode(message.code));
  }
};
