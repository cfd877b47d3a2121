import type { NodeApi } from '../../../node/api/index.ts';
import { CORE_TYPE, type EventDraft } from '../../../protocol/event/index.ts';
import type { Promised } from '../workload.ts';

/** Entities that are written to in turn. */
const ENTITIES = 40;

/** So many writes of as many characters. */
export const notes = (count: number, characters = 20): readonly EventDraft[] =>
  Array.from({ length: count }, (_, i) => ({
    type: CORE_TYPE.stateUpdated,
    entityId: `note-${i % ENTITIES}`,
    payload: { text: `${i} `.padEnd(characters, 'abcdefgh ') },
  }));

/** Appends at once, and gives what is answered for then. */
export const append = async (api: NodeApi, drafts: readonly EventDraft[]): Promise<Promised> => {
  const { events } = await api.append({ drafts });
  const last = events.at(-1);
  if (last === undefined) throw new RangeError('nothing is appended');
  return { events: last.seq };
};
