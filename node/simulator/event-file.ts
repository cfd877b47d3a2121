import { readFile } from 'node:fs/promises';
import { isJsonObject, utf8Decode } from '../../protocol/bytes/index.ts';
import {
  draftOfSmoOs,
  mergeSmoOsEvents,
  parseSmoOsLines,
  planImport,
  type SmoOsEvent,
  type SmoOsLine,
} from '../../protocol/compat/index.ts';
import { checkBody } from '../../protocol/event/index.ts';
import { SmoError, type Verdict } from '../../protocol/fault/index.ts';
import { isControlType } from '../../protocol/membership/index.ts';
import type { GivenWorkload } from '../../simulations/index.ts';
import { parseDrafts } from '../cli/index.ts';

/**
 * Reads a file of events, one JSON object a line: what `smo append` takes, which is written by anybody in this order, or
 * what `smo export` gives and `smo import` takes, which keeps its logs and what each event had seen.
 *
 * @throws SmoError `file_unreadable`, `bad_line`
 */
export const readEventFile = async (file: string): Promise<GivenWorkload> => {
  const bytes = await readFile(file).catch((error: Error) => {
    throw new SmoError('file_unreadable', `the events of ${file} cannot be read: ${error.message}`, HINT);
  });
  const text = utf8Decode(bytes);
  if (text === undefined) throw new SmoError('file_unreadable', `${file} is not valid UTF-8`, HINT);
  return isWritten(text) ? { kind: 'events', events: eventsIn(file, text) } : draftsIn(file, text);
};

const HINT = 'Name a file of events, one JSON object a line, as "smo append" or "smo import" takes it.';

/** Whether the first line is an event that was written somewhere, or the header of a bundle of such. */
const isWritten = (text: string): boolean => {
  const line = text.split('\n').find((one) => one.trim() !== '');
  try {
    const value: unknown = JSON.parse(line ?? '');
    return isJsonObject(value) && ('id' in value || 'kind' in value);
  } catch {
    return false;
  }
};

const draftsIn = (file: string, text: string): GivenWorkload => {
  try {
    return { kind: 'drafts', drafts: parseDrafts(text) };
  } catch (error) {
    if (error instanceof SmoError) throw badLine(file, error.message);
    throw error;
  }
};

const eventsIn = (file: string, text: string) => {
  const accepted = <Value>(verdict: Verdict<Value>): Value => {
    if (!verdict.ok) throw badLine(file, verdict.fault.message);
    return verdict.value;
  };
  const { events } = accepted(parseSmoOsLines(text));
  // Who is a member is up to the devices of the run.
  const own = events.filter(({ event }) => !isControlType(event.type));
  for (const line of own) checkLine(file, line);
  const plan = accepted(planImport(accepted(mergeSmoOsEvents([{ name: file, events: own }]))));
  return plan.steps.map(({ chain, event, seen }) => ({
    chain,
    seen,
    draft: draftOfSmoOs(event),
    writtenAtMs: writtenAtMs(event),
  }));
};

/** What no device would write is found here rather than in the middle of a run. */
const checkLine = (file: string, { line, event }: SmoOsLine): void => {
  const verdict = checkBody({ ...draftOfSmoOs(event), timestamp: 0 });
  if (!verdict.ok) throw badLine(file, `line ${line}: ${verdict.fault.message}`);
};

const writtenAtMs = ({ timestamp }: SmoOsEvent): number => Math.max(0, Math.floor(timestamp));

const badLine = (file: string, what: string): SmoError =>
  new SmoError('bad_line', `${file}: ${what}`, 'Mend the line and try again.');
