import { randomBytes } from 'node:crypto';
import type { Crypto, DeviceId, Signer } from '../../../protocol/crypto/index.ts';
import type { Origin, PlacedEvent } from '../../../protocol/event/index.ts';
import type { SmoError } from '../../../protocol/fault/index.ts';
import { isFarFuture } from '../../../protocol/log/index.ts';
import type { SpaceId } from '../../../protocol/manifest/index.ts';
import { CONTROL_TYPE } from '../../../protocol/membership/index.ts';
import { findFileDamage, type LevelRecordStore, openRecordAudit, planSalvage } from '../../store/index.ts';
import { verifyStored } from '../verify.ts';
import type { RecordsState } from './patient.ts';

/** What records are held against. */
export interface RecordsContext {
  readonly crypto: Crypto;
  readonly space: SpaceId;
  /** Signs for the device; undefined where its key cannot be read. */
  readonly signer: Signer | undefined;
  /** Whether this device no longer waits for what cannot be read of its own logs. */
  readonly givesUp: boolean;
  readonly nowMs: number;
}

/** Reads and verifies a store that is open. */
export const readOpenRecords = async (
  records: LevelRecordStore,
  dir: string,
  context: RecordsContext,
): Promise<RecordsState> => {
  const events = eventSummary(context.nowMs);
  const { auditLogs, auditRows } = records;
  const files = await findFileDamage(dir);
  const report = await verifyStored({ ...context, files, auditLogs, auditRows, onEvent: events.note }, null);
  return {
    error: undefined,
    report,
    tails: await records.tails(),
    damagedSegments: records.damagedSegments(),
    salvage: report.ok ? undefined : await planSalvage({ auditLogs }, context),
    ...events.result(),
  };
};

/** Reads and verifies what is left of a store that does not open. */
export const readDamagedRecords = async (
  dir: string,
  error: SmoError,
  context: RecordsContext,
): Promise<RecordsState> => {
  const events = eventSummary(context.nowMs);
  const audit = await openRecordAudit(dir, copyBeside(dir));
  try {
    const report = await verifyStored({ ...context, ...audit, onEvent: events.note }, null);
    const opening = { code: error.code, message: error.message };
    return {
      error,
      // What kept the store from opening is a finding even where nothing else shows it.
      report: report.ok ? { ...report, ok: false, findings: [opening] } : report,
      tails: [],
      damagedSegments: [],
      salvage: await planSalvage(audit, context),
      ...events.result(),
    };
  } finally {
    await audit.close();
  }
};

/** A new path for a copy of a store. Nobody's lock is held: several may look at the same time. */
export const copyBeside = (dir: string): string => `${dir}.${randomBytes(6).toString('hex')}.copy`;

/** The device that an event revokes, whether the revocation counts or not; undefined for any other event. */
export const revokedBy = ({ type, payload }: PlacedEvent): DeviceId | undefined =>
  type === CONTROL_TYPE.deviceRevoked && typeof payload.device === 'string'
    ? (payload.device as DeviceId)
    : undefined;

const eventSummary = (nowMs: number) => {
  const farFuture = new Map<Origin, number>();
  const revoked = new Set<DeviceId>();
  let newestMs = 0;
  return {
    note(event: PlacedEvent): void {
      const { origin, timestamp } = event;
      if (isFarFuture(timestamp, nowMs)) farFuture.set(origin, (farFuture.get(origin) ?? 0) + 1);
      else newestMs = Math.max(newestMs, timestamp);
      const device = revokedBy(event);
      if (device !== undefined) revoked.add(device);
    },
    result: (): Pick<RecordsState, 'times' | 'revoked'> => ({ times: { newestMs, farFuture }, revoked }),
  };
};
