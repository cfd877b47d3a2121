import { isJsonObject, type JsonObject } from '../../protocol/bytes/index.ts';
import { CONTROL_NAMESPACE, type EventDraft, encodeRecord } from '../../protocol/event/index.ts';
import { SmoError } from '../../protocol/fault/index.ts';

const MEMBERS = new Set(['type', 'entityId', 'payload', 'actor', 'source']);

/**
 * The drafts of a JSONL text; blank lines are passed over.
 *
 * @throws SmoError `bad_line` that names the first line which is no acceptable draft.
 */
export const parseDrafts = (text: string): readonly EventDraft[] => {
  const drafts: EventDraft[] = [];
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() !== '') drafts.push(parseDraft(line, i + 1));
  }
  return drafts;
};

const parseDraft = (line: string, number: number): EventDraft => {
  const value = parseObject(line, number);
  for (const member of Object.keys(value)) {
    if (!MEMBERS.has(member)) throw badLine(number, `"${member}" is no member of an event to append`);
  }
  const draft = value as unknown as EventDraft;
  try {
    // The very rule by which the record will be judged; the time stands in for the stamp that it will get.
    encodeRecord({ ...draft, timestamp: 0 });
  } catch (error) {
    if (error instanceof SmoError) throw badLine(number, error.message);
    throw error;
  }
  if (draft.type.startsWith(`${CONTROL_NAMESPACE}/`)) {
    throw badLine(number, `events of ${CONTROL_NAMESPACE} are written by the device alone`);
  }
  return draft;
};

const parseObject = (line: string, number: number): JsonObject => {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw badLine(number, 'it is not JSON');
  }
  if (!isJsonObject(value)) throw badLine(number, 'it is not a JSON object');
  return value;
};

const badLine = (number: number, what: string): SmoError =>
  new SmoError('bad_line', `line ${number}: ${what}`, 'Nothing was appended; mend the line and try again.');
