import { type JsonValue, jsonObject } from '../../protocol/bytes/index.ts';
import type { StateStore } from '../../protocol/engine/index.ts';
import { SmoError } from '../../protocol/fault/index.ts';
import {
  keyParts,
  type MetricRow,
  type RegisterRow,
  type RelationRow,
  rowKey,
  rowPrefix,
} from '../../protocol/projection/index.ts';
import type { EntityList, EntityView } from '../api/index.ts';

/** Members of an entity's view, gathered row by row. */
interface EntityParts {
  readonly fields: [string, JsonValue][];
  readonly relations: JsonValue[];
  readonly metrics: JsonValue[];
}

/** All entities, as the conformance view shows them. */
export const listEntities = async (state: StateStore): Promise<EntityList> => {
  const entities = new Map<string, EntityParts>();
  for await (const [key] of state.scan(rowPrefix('entity'))) {
    entities.set(keyParts(key)[1] ?? '', { fields: [], relations: [], metrics: [] });
  }
  await gather(state, [], (id) => entities.get(id));
  return {
    entities: Object.fromEntries([...entities].map(([id, parts]) => [id, assemble(id, parts)])),
  };
};

/** One entity; its id must exist. */
export const showEntity = async (state: StateStore, id: string): Promise<EntityView> => {
  const parts: EntityParts = { fields: [], relations: [], metrics: [] };
  await gather(state, [id], (of) => (of === id ? parts : undefined));
  return assemble(id, parts);
};

/**
 * The entity that a person means: a whole id, or the beginning of exactly one.
 * @throws SmoError `entity_unknown` or `entity_ambiguous`
 */
export const findEntity = async (state: StateStore, text: string): Promise<string> => {
  if (state.get(rowKey('entity', text)) !== undefined) return text;
  const found: string[] = [];
  for await (const [key] of state.scan(rowKey('entity', text))) {
    found.push(keyParts(key)[1] ?? '');
    if (found.length > 1) break;
  }
  return onlyOne(found, text);
};

const onlyOne = (found: readonly string[], text: string): string => {
  const [first] = found;
  if (first === undefined || text === '') {
    const hint = 'Run "smo list" to see what there is.';
    throw new SmoError('entity_unknown', `there is no entity "${text}"`, hint);
  }
  if (found.length > 1) throw ambiguous('entity', text, found);
  return first;
};

/** A person has given a text that more than one id begins with. */
export const ambiguous = (what: 'entity' | 'event', text: string, ids: readonly string[]): SmoError =>
  new SmoError(
    `${what}_ambiguous`,
    `"${text}" is the beginning of more than one ${what} id: ${ids.join(', ')} ...`,
    'Give more characters of it.',
  );

const gather = async (
  state: StateStore,
  scope: readonly string[],
  partsOf: (entityId: string) => EntityParts | undefined,
): Promise<void> => {
  for await (const [key, row] of state.scan(rowPrefix('register', ...scope))) {
    const [, entityId = '', field = ''] = keyParts(key);
    const shown = (row as unknown as RegisterRow).heads.at(-1);
    partsOf(entityId)?.fields.push([field, shown?.value ?? null]);
  }
  for await (const [key, row] of state.scan(rowPrefix('relation', ...scope))) {
    const shown = (row as unknown as RelationRow).additions.at(-1);
    if (shown !== undefined) partsOf(keyParts(key)[1] ?? '')?.relations.push(shown.payload);
  }
  for await (const [key, row] of state.scan(rowPrefix('metric', ...scope))) {
    partsOf(keyParts(key)[1] ?? '')?.metrics.push((row as unknown as MetricRow).payload);
  }
};

/** A field of the same name as one of the view's own members gives way to it. */
const assemble = (id: string, { fields, relations, metrics }: EntityParts): EntityView =>
  jsonObject([
    ...fields,
    ['id', id],
    ...(relations.length > 0 ? [['relations', relations] as const] : []),
    ...(metrics.length > 0 ? [['metrics', metrics] as const] : []),
  ]);
