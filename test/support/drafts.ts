import { CORE_TYPE, type EventDraft } from '../../protocol/event/index.ts';

/** A draft that writes fields of an entity. */
export const update = (entityId: string, payload: EventDraft['payload']): EventDraft => ({
  type: CORE_TYPE.stateUpdated,
  entityId,
  payload,
});
