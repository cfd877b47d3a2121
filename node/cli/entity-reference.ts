import type { NodeApi } from '../api/index.ts';

/**
 * The full id of an entity that exists, from its id or a prefix of it. `append` takes entity ids as they are,
 * because a new one is made by naming it; so a command that changes an entity asks for it first, and a slip of
 * the fingers does not make a new one. The history says the id where an entity may have a field of that name.
 *
 * @throws SmoError of the node when there is none, or more than one.
 */
export const fullEntityId = async (api: NodeApi, entity: string): Promise<string> =>
  (await api.history({ entity })).entityId;
