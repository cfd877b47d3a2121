import type { RecordStore } from '../../protocol/engine/index.ts';
import { eventIdFromLeaf, leafHash, type Origin, type PlacedEvent } from '../../protocol/event/index.ts';
import { buildEvidence, encodeEvidence } from '../../protocol/evidence/index.ts';
import { placeRecord } from '../../protocol/log/index.ts';
import type { SpaceId } from '../../protocol/manifest/index.ts';
import { portableCrypto } from '../../protocol/portable-crypto/index.ts';

type Held = Pick<RecordStore, 'tails' | 'records' | 'manifests'>;

/** All events that a store holds, read by nothing of the engine. */
export const storedEvents = async (store: Held): Promise<readonly PlacedEvent[]> => {
  const events: PlacedEvent[] = [];
  for (const { manifest } of await store.tails()) {
    const { origin } = manifest;
    const list = await store.records(origin, 1, manifest.firstSeq + manifest.events - 1);
    for (const [i, record] of list.entries()) {
      const id = eventIdFromLeaf(leafHash(portableCrypto, origin, i + 1, record));
      const event = placeRecord(origin, i + 1, id, record);
      if (!event.ok) throw new Error(event.fault.message);
      events.push(event.value);
    }
  }
  return events;
};

/** The proof that two stores hold different histories of a log. */
export const evidenceBetween = async (
  space: SpaceId,
  origin: Origin,
  [a, b]: readonly [Held, Held],
): Promise<Uint8Array> => {
  const [first, second] = [await a.manifests(origin), await b.manifests(origin)];
  for (const [segment, manifest] of first.entries()) {
    const other = second[segment];
    if (other === undefined) break;
    const sides = [
      { manifest, leaves: await leavesOf(a, manifest) },
      { manifest: other, leaves: await leavesOf(b, other) },
    ] as const;
    const evidence = buildEvidence(portableCrypto, space, ...sides);
    if (evidence.ok) return encodeEvidence(evidence.value);
  }
  throw new Error(`the stores hold one history of ${origin}`);
};

const leavesOf = async (
  store: Held,
  {
    origin,
    firstSeq,
    events,
  }: { readonly origin: Origin; readonly firstSeq: number; readonly events: number },
): Promise<readonly Uint8Array[]> => {
  const records = await store.records(origin, firstSeq, events);
  return records.map((record, i) => leafHash(portableCrypto, origin, firstSeq + i, record));
};
