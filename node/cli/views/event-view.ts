import type { Appended, EventView, History, Status } from '../../api/index.ts';
import { type NameOrigin, originNames } from '../device-names.ts';
import { cellText, countText, printable, timeText, valueText } from '../format.ts';
import { shortId } from '../short-id.ts';
import { tableText } from '../table.ts';

const CORE_NAMESPACE = 'plos.core/';

/** What was appended, for people. */
export const appendedText = ({ events }: Appended): string => {
  const [only] = events;
  return only !== undefined && events.length === 1
    ? `Event ${shortId(only.id)} of ${printable(only.entityId)}`
    : `Appended ${countText(events.length, 'event')}.`;
};

/** `smo history` for people; with a field, its values. */
export const historyText = async (
  history: History,
  field: string | undefined,
  status: Status | undefined,
): Promise<string> => {
  const name = originNames(status);
  const rows = history.events.map((event) => [
    eventTime(event),
    name(event.origin),
    shortId(event.id),
    typeOf(event),
    cellText(valueText(changeIn(event, field))),
  ]);
  const title = field === undefined ? history.entityId : `${history.entityId} ${field}`;
  if (rows.length === 0) return `${printable(title)} has no history.`;
  return `${printable(title)}\n${await tableText(['time', 'device', 'event', 'type', field === undefined ? 'payload' : 'value'], rows, '  ')}`;
};

/** One line of `smo log` for people. */
export const logLine = (event: EventView, name: NameOrigin): string =>
  [
    eventTime(event),
    printable(name(event.origin)),
    shortId(event.id),
    typeOf(event),
    printable(event.entityId),
    cellText(valueText(event.payload)),
  ].join('  ');

/** The time that the author's clock said, marked where it cannot be right. */
const eventTime = ({ timestamp, farFuture }: EventView): string =>
  farFuture ? `${timeText(timestamp)} (a clock is wrong)` : timeText(timestamp);

/** A resolution has no value of the field in its payload: it is shown whole. */
const changeIn = (event: EventView, field: string | undefined) =>
  field !== undefined && Object.hasOwn(event.payload, field) ? event.payload[field] : event.payload;

/** The type, marked where the event has no effect. */
const typeOf = ({ type, excluded }: EventView): string => {
  const name = printable(type.startsWith(CORE_NAMESPACE) ? type.slice(CORE_NAMESPACE.length) : type);
  return excluded ? `${name} (excluded)` : name;
};
