import type { Crypto } from '../../../protocol/crypto/index.ts';
import type { Origin, PlacedEvent } from '../../../protocol/event/index.ts';
import type { SmoError } from '../../../protocol/fault/index.ts';
import { isFarFuture } from '../../../protocol/log/index.ts';
import type { SpaceId } from '../../../protocol/manifest/index.ts';
import { findFileDamage, type LevelRecordStore, openRecordAudit, planSalvage } from '../../store/index.ts';
import { verifyStored } from '../verify.ts';
import type { EventTimes, RecordsState } from './patient.ts';

/** What records are held against. */
export interface RecordsContext {
  readonly crypto: Crypto;
  readonly space: SpaceId;
  readonly nowMs: number;
}

/** Reads and verifies a store that is open. */
export const readOpenRecords = async (
  records: LevelRecordStore,
  dir: string,
  context: RecordsContext,
): Promise<RecordsState> => {
  const times = eventTimes(context.nowMs);
  const { auditLogs, auditRows } = records;
  const files = await findFileDamage(dir);
  const report = await verifyStored({ ...context, files, auditLogs, auditRows, onEvent: times.note }, null);
  return {
    error: undefined,
    report,
    tails: await records.tails(),
    damagedSegments: records.damagedSegments(),
    salvage: report.ok ? undefined : await planSalvage({ auditLogs }, context),
    times: times.result(),
  };
};

/** Reads and verifies what is left of a store that does not open. */
export const readDamagedRecords = async (
  dir: string,
  error: SmoError,
  context: RecordsContext,
): Promise<RecordsState> => {
  const times = eventTimes(context.nowMs);
  const audit = await openRecordAudit(dir, `${dir}.copy`);
  try {
    const report = await verifyStored({ ...context, ...audit, onEvent: times.note }, null);
    const opening = { code: error.code, message: error.message };
    return {
      error,
      // What kept the store from opening is a finding even where nothing else shows it.
      report: report.ok ? { ...report, ok: false, findings: [opening] } : report,
      tails: [],
      damagedSegments: [],
      salvage: await planSalvage(audit, context),
      times: times.result(),
    };
  } finally {
    await audit.close();
  }
};

const eventTimes = (nowMs: number) => {
  const farFuture = new Map<Origin, number>();
  let newestMs = 0;
  return {
    note({ origin, timestamp }: PlacedEvent): void {
      if (isFarFuture(timestamp, nowMs)) farFuture.set(origin, (farFuture.get(origin) ?? 0) + 1);
      else newestMs = Math.max(newestMs, timestamp);
    },
    result: (): EventTimes => ({ newestMs, farFuture }),
  };
};
