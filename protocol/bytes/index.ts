export { base58Decode, base58Encode } from './base58.ts';
export {
  CANONICAL_DEPTH_MAX,
  type CanonicalFault,
  canonicalBytes,
  canonicalText,
  decodeCanonical,
  encodeCanonical,
  equalJson,
} from './canonical-json.ts';
export { compareStrings, equalBytes, equalSecrets } from './compare.ts';
export { hexDecode, hexEncode } from './hex.ts';
export { isJsonObject, type JsonObject, type JsonValue, jsonObject } from './json.ts';
export { decodeProtobuf, encodeProtobuf, type ProtobufField } from './protobuf.ts';
export { base32, base64, type TextEncoding } from './rfc4648.ts';
export { utf8Decode, utf8Encode } from './utf8.ts';
export { readVarint, type VarintRead, writeVarint } from './varint.ts';
