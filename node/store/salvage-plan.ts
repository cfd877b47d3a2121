import { type Origin, parseOrigin, type Seq } from '../../protocol/event/index.ts';
import type { LogAudit } from './log-audit.ts';
import { lengthAt } from './log-state.ts';
import type { RecordAudit } from './record-audit.ts';
import { type SalvageInput, salvageLog } from './salvage-log.ts';

/** What a salvage keeps of one log. */
export interface SalvagedLog {
  readonly origin: Origin;
  /**
   * Length that is kept: up to the end of the last sound segment that signed manifests lead to; of a log of this device up to
   * the first record after that which cannot be read.
   */
  readonly kept: Seq;
  /** Length as far as what is stored tells it. */
  readonly stored: Seq;
  /** Segments before that end of which records are damaged or missing. */
  readonly holes: readonly number[];
}

/** What a salvage of a store would keep. Nothing is changed. */
export const planSalvage = async (
  audit: Pick<RecordAudit, 'auditLogs'>,
  input: SalvageInput,
): Promise<readonly SalvagedLog[]> => {
  const logs: SalvagedLog[] = [];
  for await (const log of audit.auditLogs()) {
    const origin = parseOrigin(log.origin);
    if (!origin.ok) continue;
    let kept: Seq = 0;
    const holes: number[] = [];
    for (const { type, manifest } of salvageLog(log, origin.value, input)) {
      kept = lengthAt(manifest);
      if (type === 'hole') holes.push(manifest.segment);
    }
    logs.push({ origin: origin.value, kept, stored: Math.max(kept, storedLength(log)), holes });
  }
  return logs;
};

const storedLength = (log: LogAudit): Seq => {
  let length = 0;
  for (const { firstSeq, records } of log.segments()) {
    if (firstSeq !== undefined) length = Math.max(length, firstSeq + records.length - 1);
  }
  return length;
};
