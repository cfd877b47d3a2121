import {
  CONTROL_NAMESPACE,
  compareEvents,
  decodeRecord,
  deviceOf,
  type EventDraft,
  type Origin,
  parseOrigin,
  type Seq,
} from '../../../protocol/event/index.ts';
import type { Environment } from '../../home/index.ts';
import { type LogAudit, openRecordAudit } from '../../store/index.ts';
import { openApi } from '../open-api.ts';
import { copyBeside } from './read-records.ts';
import { setAsideFolders } from './set-aside-folders.ts';

/** Length of each log in the record store. */
type Lengths = Readonly<Record<Origin, Seq>>;

/** An event of a log that has been cut before it. */
interface LostEvent {
  readonly origin: Origin;
  readonly seq: Seq;
  readonly timestamp: number;
  readonly draft: EventDraft;
}

/**
 * The events of a device's own logs that can be read in stores that were set aside and that are in the record store no
 * more, in the order in which they were written. They come as drafts: their places in the log are lost, since it cannot
 * be signed past its cut, but not what they say. Events about members are left out; only the device writes those.
 */
export const lostDrafts = async (home: string, env: Environment): Promise<readonly EventDraft[]> => {
  const { device, held } = await lengthsOf(home, env);
  const lost = new Map<string, LostEvent>();
  for (const { folder, logs } of await setAsideFolders(home)) {
    const cut = new Set<string>(
      logs
        .filter(({ origin, stored }) => deviceOf(origin) === device && (held[origin] ?? 0) < stored)
        .map(({ origin }) => origin),
    );
    if (cut.size === 0) continue;
    const audit = await openRecordAudit(folder, copyBeside(folder));
    try {
      for await (const log of audit.auditLogs()) {
        if (!cut.has(log.origin)) continue;
        for (const event of eventsOf(log, held)) lost.set(`${event.origin} ${event.seq}`, event);
      }
    } finally {
      await audit.close();
    }
  }
  return [...lost.values()]
    .sort((a, b) => compareEvents({ ...a, id: '' }, { ...b, id: '' }))
    .map(({ draft }) => draft);
};

const lengthsOf = async (home: string, env: Environment): Promise<{ device: string; held: Lengths }> => {
  const { api, close } = await openApi(home, env);
  try {
    const { device, frontier } = await api.status();
    return { device, held: frontier };
  } finally {
    await close();
  }
};

/** What can be read of a log past what is held of it. */
function* eventsOf(log: LogAudit, held: Lengths): Iterable<LostEvent> {
  const origin = parseOrigin(log.origin);
  if (!origin.ok) return;
  for (const { firstSeq, records } of log.segments()) {
    for (const [at, record] of records.entries()) {
      // Where not even the place is known, it may be one that is held.
      if (firstSeq === undefined || !record.ok || firstSeq + at <= (held[origin.value] ?? 0)) continue;
      const body = decodeRecord(record.value);
      if (!body.ok || body.value.type.startsWith(`${CONTROL_NAMESPACE}/`)) continue;
      const { timestamp, seen: _, ...draft } = body.value;
      yield { origin: origin.value, seq: firstSeq + at, timestamp, draft };
    }
  }
}
