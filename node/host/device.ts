import type { Crypto, Signer } from '../../protocol/crypto/index.ts';
import { type EventDraft, makeOrigin, type Origin, type PlacedEvent } from '../../protocol/event/index.ts';
import type { Place } from '../../protocol/log/index.ts';
import type { SpaceId } from '../../protocol/manifest/index.ts';
import type { Genesis } from '../../protocol/membership/index.ts';
import type { ValueContext } from '../../protocol/projection/index.ts';
import { type Home, newIncarnation } from '../home/index.ts';
import type { LevelRecordStore, LevelStateStore } from '../store/index.ts';
import type { EngineHost } from './engine-host.ts';
import type { EventReader } from './event-view.ts';
import type { Sightings } from './sightings.ts';

/** An open device: its home, its stores and the engine that runs on them. */
export interface Device {
  readonly home: Home;
  readonly crypto: Crypto;
  readonly signer: Signer;
  readonly space: SpaceId;
  readonly genesis: Genesis;
  /** The log that it writes to by default; another one when this one is not to be written to any more. */
  readonly origin: Origin;
  readonly host: EngineHost;
  readonly records: LevelRecordStore;
  /** Folder of the record store. */
  readonly recordsDir: string;
  readonly state: LevelStateStore;
  readonly reader: EventReader;
  readonly sightings: Sightings;
  /** Completes what is under way and closes everything. */
  close(): Promise<void>;
}

/** Appends drafts to the device's main log. */
export const appendDrafts = (
  { host }: Device,
  drafts: readonly EventDraft[],
): Promise<readonly PlacedEvent[]> => host.append(drafts.map((draft) => ({ draft })));

/** What looking up written values takes. */
export const valueContext = ({ host, state, reader }: Device): ValueContext => ({
  get: (key) => state.get(key),
  event: (place: Place) => reader.event(place),
  seenSeq: (place, origin) => host.engine.replica.causality.seenSeq(place, origin),
});

/** A log of this device that does not exist yet. */
export const newOrigin = ({ signer }: Pick<Device, 'signer'>): Origin =>
  makeOrigin(signer.device, newIncarnation());
