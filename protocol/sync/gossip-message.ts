import { decodeProtobuf, encodeProtobuf, equalBytes, type ProtobufField } from '../bytes/index.ts';
import { accept, refuse, type Verdict } from '../fault/index.ts';
import { FieldReader } from './field-reader.ts';
import { GOSSIP_LIMITS } from './limits.ts';

/**
 * What becomes of a gossip message: `accept` passes it on, `ignore` drops it, `reject` drops it and counts it
 * against the peer that passed it on.
 */
export type GossipVerdict = 'accept' | 'ignore' | 'reject';

/** Why a gossip message cannot be read. */
export type GossipFault = 'bad_gossip';

/**
 * One gossip message, a protobuf message of at most {@link GOSSIP_LIMITS.messageBytesMax} bytes:
 *
 * | tag | type  | field                                                                              |
 * |-----|-------|------------------------------------------------------------------------------------|
 * | 1   | bytes | canonical bytes of a manifest, a head or a sealed one; at most 16                  |
 * | 2   | bytes | evidence of an equivocation, as its own codec writes it; at most 4                 |
 *
 * Fields stand in order of their tags and nothing else is allowed: the network tells messages apart by a hash
 * of their bytes, so what says the same twice must not be able to look different.
 */
export interface GossipMessage {
  readonly manifests: readonly Uint8Array[];
  readonly evidence: readonly Uint8Array[];
}

/**
 * Encodes a message.
 * @throws RangeError when it is empty or past a limit
 */
export const encodeGossip = (message: GossipMessage): Uint8Array => {
  const bytes = encodeWhole(message);
  const problem =
    problemOf(message) ?? (bytes.length > GOSSIP_LIMITS.messageBytesMax ? 'too long' : undefined);
  if (problem !== undefined) throw new RangeError(`a gossip message is ${problem}`);
  return bytes;
};

/** Reads a message strictly: only bytes that {@link encodeGossip} would have written. They are viewed, not copied. */
export const decodeGossip = (bytes: Uint8Array): Verdict<GossipMessage, GossipFault> => {
  if (bytes.length > GOSSIP_LIMITS.messageBytesMax) return bad(`it has ${bytes.length} bytes`);
  const fields = decodeProtobuf(bytes);
  if (fields === undefined) return bad('it cannot be read');
  const reader = new FieldReader(fields);
  const message = { manifests: reader.list(1), evidence: reader.list(2) };
  const problem = problemOf(message);
  if (problem !== undefined) return bad(`it is ${problem}`);
  return equalBytes(encodeWhole(message), bytes)
    ? accept(message)
    : bad('it holds more than its fields, or holds them in another order');
};

const encodeWhole = ({ manifests, evidence }: GossipMessage): Uint8Array =>
  encodeProtobuf([...manifests.map((value) => field(1, value)), ...evidence.map((value) => field(2, value))]);

const field = (tag: number, value: Uint8Array): ProtobufField => ({ tag, type: 'bytes', value });

const problemOf = ({ manifests, evidence }: GossipMessage): string | undefined => {
  if (manifests.length + evidence.length === 0) return 'empty';
  if (manifests.length > GOSSIP_LIMITS.manifestsMax) return `of ${manifests.length} manifests`;
  return evidence.length > GOSSIP_LIMITS.evidenceMax ? `of ${evidence.length} pieces of evidence` : undefined;
};

const bad = (what: string) => refuse('bad_gossip', `not a gossip message: ${what}`);
