import { compareStrings, isJsonObject } from '../../../protocol/bytes/index.ts';
import type { EntityDetail, EntityList, EntityView } from '../../api/index.ts';
import { countText, membersText, printable, valueText } from '../format.ts';
import { paint, type Session } from '../session.ts';
import { shortIds } from '../short-id.ts';
import { tableText } from '../table.ts';

/** `smo list` for people. */
export const entitiesText = async (list: EntityList): Promise<string> => {
  const ids = Object.keys(list.entities).sort(compareStrings);
  if (ids.length === 0) return 'No entities yet; "smo create" makes one.';
  const short = shortIds(ids);
  return tableText(
    ['entity', 'fields'],
    ids.map((id) => [short.get(id) ?? id, membersText(fieldsOf(list.entities[id] ?? {}))]),
  );
};

/** `smo show` for people. */
export const entityText = (session: Session, detail: EntityDetail): string => {
  const { entity, conflicts } = detail;
  const members = Object.entries(fieldsOf(entity));
  const chars = Math.max(0, ...members.map(([name]) => printable(name).length));
  const lines = members.flatMap(([name, value]) => {
    const label = printable(name).padEnd(chars);
    // Relations and metrics: one a line.
    if (!Array.isArray(value) || value.length === 0 || !value.every(isJsonObject)) {
      return [`  ${label}  ${valueText(value)}`];
    }
    return value.map((item, i) => `  ${i === 0 ? label : ' '.repeat(chars)}  ${valueText(item)}`);
  });
  const fields = [...new Set(conflicts.map((conflict) => printable(conflict.field)))].join(', ');
  return [
    paint(session, 'bold', typeof entity.id === 'string' ? printable(entity.id) : valueText(entity.id)),
    ...lines,
    ...(conflicts.length === 0
      ? []
      : ['', paint(session, 'yellow', `${countText(conflicts.length, 'open conflict')}: ${fields}`)]),
  ].join('\n');
};

const fieldsOf = (entity: EntityView): EntityView => {
  const { id: _, ...fields } = entity;
  return fields;
};
