import { CORE_TYPE, type EventDraft } from '../../protocol/event/index.ts';
import type { MeshDevice } from '../../test/support/mesh-device.ts';
import type { Draws } from '../draws.ts';

/** Entities that all devices write to, so that they quarrel. */
const SHARED_ENTITIES = 200;

/** Fields of each of them. */
const FIELDS = ['title', 'state', 'colour', 'owner'] as const;

/** Relations of each of them, by id. */
const RELATIONS = 5;

/** Largest text of an event, in characters; most have next to none. */
const TEXT_MAX = 20_000;

/** How much a device writes, by what it does in a turn. */
const TURNS = { write: 89, resolve: 9, seal: 1, rename: 1 } as const;

/** How often each kind of event is written. */
const EVENTS = { update: 55, create: 20, relate: 10, unrelate: 5, measure: 10 } as const;

/** What a turn of a device acknowledged: the length of its log that must never be lost again. */
export interface Acknowledged {
  readonly origin: string;
  readonly seq: number;
}

/** Lets a device do what the draws say, once. */
export const takeTurn = async (device: MeshDevice, draws: Draws): Promise<readonly Acknowledged[]> => {
  switch (draws.weighted(TURNS)) {
    case 'write':
      return (await device.api.append({ drafts: someDrafts(device.name, draws) })).events;
    case 'resolve':
      return resolveOne(device, draws.share());
    case 'seal':
      await device.api.seal();
      return [];
    case 'rename': {
      const name = `${device.name} ${draws.between(1, 1_000)}`;
      await device.api.renameDevice({ device: (await device.api.status()).device, name });
      return [];
    }
  }
};

/** One commit: mostly small, now and then a large one. */
const someDrafts = (author: string, draws: Draws): readonly EventDraft[] => {
  const count = draws.chance(0.05) ? draws.between(20, 100) : draws.between(1, 5);
  return Array.from({ length: count }, () => someDraft(author, draws));
};

const someDraft = (author: string, draws: Draws): EventDraft => {
  const entityId = `shared-${draws.between(1, SHARED_ENTITIES)}`;
  const relation = `relation-${draws.between(1, RELATIONS)}`;
  const number = draws.between(0, 1_000_000);
  const text = draws.chance(0.02) ? 'x'.repeat(draws.between(1_000, TEXT_MAX)) : `${author} says ${number}`;
  switch (draws.weighted(EVENTS)) {
    case 'update': {
      const field = FIELDS[number % FIELDS.length] ?? FIELDS[0];
      return { type: CORE_TYPE.stateUpdated, entityId, payload: { [field]: text } };
    }
    case 'create':
      return { type: CORE_TYPE.entityCreated, entityId: `${author}-${number}`, payload: { title: text } };
    case 'relate': {
      const target = `shared-${1 + (number % SHARED_ENTITIES)}`;
      return { type: CORE_TYPE.relationAdded, entityId, payload: { id: relation, type: 'near', target } };
    }
    case 'unrelate':
      return { type: CORE_TYPE.relationRemoved, entityId, payload: { id: relation } };
    case 'measure':
      return { type: CORE_TYPE.metricRecorded, entityId, payload: { name: 'size', value: number } };
  }
};

/** Closes one of the open conflicts, if there is any. */
const resolveOne = async (device: MeshDevice, share: number): Promise<readonly Acknowledged[]> => {
  const { conflicts } = await device.api.conflicts({ all: false });
  const conflict = conflicts[Math.floor(share * conflicts.length)];
  if (conflict === undefined) return [];
  const { entityId, field, candidates } = conflict;
  const chosen = candidates[Math.floor(share * 1_000) % candidates.length];
  if (chosen === undefined) return [];
  return (await device.api.resolve({ entity: entityId, field, event: chosen.eventId })).events;
};
