import type { JsonValue } from '../../protocol/bytes/index.ts';
import type { Crypto } from '../../protocol/crypto/index.ts';
import { type EngineWork, plainWork } from '../../protocol/engine/index.ts';
import type { VerifiedRange } from '../../protocol/manifest/index.ts';
import { KnownProjections } from './known-projections.ts';
import { KnownRanges } from './known-ranges.ts';
import { SharedKnowledge } from './shared-knowledge.ts';
import { SharedMemberships } from './shared-memberships.ts';

/**
 * Work that is done once for all engines of a run. It gives what it has given before only where nothing else could come
 * out: for the same bytes, and for projections where all that was read is the same. What engines then hold in common,
 * they hold in one copy.
 */
export const memoisedWork = (crypto: Crypto): EngineWork => {
  const plain = plainWork(crypto);
  const manifests = new Map<string, ReturnType<EngineWork['decodeManifest']>>();
  const [ranges, unplaced] = [new KnownRanges(), new KnownRanges()];
  const events = new WeakMap<VerifiedRange, ReturnType<EngineWork['readEvents']>>();
  const hashes = new WeakMap<object, Uint8Array>();
  const memberships = new SharedMemberships();
  const projections = new KnownProjections(plain.projectEvent);
  const knowledge = new SharedKnowledge();
  return {
    decodeManifest(bytes) {
      const text = latin1(bytes);
      return manifests.get(text) ?? kept(manifests, text, plain.decodeManifest(bytes));
    },
    verifyRange: (claim) => ranges.get(claim) ?? ranges.keep(claim, plain.verifyRange(claim)),
    verifyUnplaced(claim) {
      const whole = { ...claim, tail: undefined, firstSeq: claim.manifest.firstSeq };
      return unplaced.get(whole) ?? unplaced.keep(whole, plain.verifyUnplaced(claim));
    },
    readEvents: (range) => events.get(range) ?? kept(events, range, plain.readEvents(range)),
    projectEvent: (context, event) => projections.project(context, event),
    newKnowledge: () => knowledge.book(),
    foldMembership: (genesis, seenSeq) => memberships.fold(genesis, seenSeq),
    hashItem(item: JsonValue) {
      if (typeof item !== 'object' || item === null) return plain.hashItem(item);
      return hashes.get(item) ?? kept(hashes, item, plain.hashItem(item));
    },
  };
};

/** Bytes as a text of as many characters, which a map finds again. */
const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');

const kept = <Key, Value>(all: { set(key: Key, value: Value): unknown }, key: Key, value: Value): Value => {
  all.set(key, value);
  return value;
};
