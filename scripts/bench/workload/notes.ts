import { CORE_TYPE, type EventDraft, encodeRecord } from '../../../protocol/event/index.ts';
import { Draws } from '../../../simulations/draws/index.ts';

/** Bytes of the record of each event. */
export const RECORD_BYTES = 300;

/** Events that are appended at a time, where it is not one. */
export const BATCH = 1_000;

/** As long as any time of this century. */
const SOME_TIME_MS = 1_800_000_000_000;

/** One entity to so many events. */
export const EVENTS_AN_ENTITY = 10;

/**
 * Words of the texts: what people write can be packed to about half, which neither zeros nor random bytes would
 * show.
 */
const WORDS =
  'the of and to in is that for it with as was on be at by this have from or one had not but what all were when we there can an your which their said if do will each about how up out them then she many some so these would other into has more her two like him see time could no make than first been its who now people my made over did down only way find use may water long little very after words called just where most know'.split(
    ' ',
  );

/** Drafts that write the text of one entity after the other; the same for the same numbers. */
export const noteDrafts = (events: number, entities: number, seed = 1n): readonly EventDraft[] => {
  const draws = new Draws(seed).stream('workload');
  const word = (): string => draws.pick(WORDS) ?? '';
  return Array.from({ length: events }, (_, i) => {
    const entityId = noteId(i % entities);
    const length = RECORD_BYTES - bytesOf(draft(entityId, ''));
    let text = '';
    while (text.length < length) text += `${word()} `;
    return draft(entityId, text.slice(0, length));
  });
};

/** Id of the entity with this number. */
export const noteId = (number: number): string => `note-${String(number).padStart(7, '0')}`;

/** What a store of records would be given of these drafts. */
export const noteRecords = (drafts: readonly EventDraft[]): readonly Uint8Array[] =>
  drafts.map((one) => encodeRecord({ ...one, timestamp: SOME_TIME_MS }));

/** Parts of a list, each as long as a batch. */
export const batchesOf = <Item>(items: readonly Item[]): readonly (readonly Item[])[] =>
  Array.from({ length: Math.ceil(items.length / BATCH) }, (_, i) => items.slice(i * BATCH, (i + 1) * BATCH));

const draft = (entityId: string, text: string): EventDraft => ({
  type: CORE_TYPE.stateUpdated,
  entityId,
  payload: { text },
});

const bytesOf = (one: EventDraft): number => encodeRecord({ ...one, timestamp: SOME_TIME_MS }).length;
