import { join } from 'node:path';
import type { SmoError } from '../../protocol/fault/index.ts';
import type { NodeApi, VerifyReport } from '../api/index.ts';
import { nativeCrypto } from '../crypto/index.ts';
import { HOME_LAYOUT, openHome } from '../home/index.ts';
import { openRecordAudit } from '../store/index.ts';
import { verifyStored } from './verify.ts';

/** The API of a device whose record store cannot be opened: it can be verified, and nothing else. */
export const createDamagedApi = (dir: string, damage: SmoError): NodeApi => {
  const refuse = (): Promise<never> => Promise.reject(damage);
  const refuseStream = (): AsyncIterable<never> => ({ [Symbol.asyncIterator]: () => ({ next: refuse }) });
  return {
    status: refuse,
    append: refuse,
    list: refuse,
    show: refuse,
    history: refuse,
    conflicts: refuse,
    resolve: refuse,
    unrelate: refuse,
    seal: refuse,
    evidence: refuse,
    importEvidence: refuse,
    invite: refuse,
    invites: refuse,
    cancelInvite: refuse,
    devices: refuse,
    renameDevice: refuse,
    changeRole: refuse,
    revokeDevice: refuse,
    network: refuse,
    import: refuse,
    log: refuseStream,
    export: refuseStream,
    verify: () => verifyDamaged(dir, damage),
    doctor: refuse,
  };
};

const verifyDamaged = async (dir: string, damage: SmoError): Promise<VerifyReport> => {
  const { space } = (await openHome(dir)).file;
  if (space === null) throw damage;
  const audit = await openRecordAudit(join(dir, HOME_LAYOUT.records));
  try {
    const report = await verifyStored({ ...audit, crypto: nativeCrypto, space: space.id }, null);
    // What kept the store from opening is a finding even where nothing else shows it.
    return report.ok
      ? { ...report, ok: false, findings: [{ code: damage.code, message: damage.message }] }
      : report;
  } finally {
    await audit.close();
  }
};
