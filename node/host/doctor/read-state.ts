import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readState, type StateImage } from '../../../protocol/engine/index.ts';
import { makeOrigin } from '../../../protocol/event/index.ts';
import { nativeCrypto } from '../../crypto/index.ts';
import type { Home, HomeSpace } from '../../home/index.ts';
import {
  findFileDamage,
  type LevelRecordStore,
  type LevelStateStore,
  openStateStore,
} from '../../store/index.ts';
import { EngineHost } from '../engine-host.ts';
import { readGenesis } from '../genesis.ts';
import type { DerivedState, RebuiltState } from './patient.ts';
import { faultOf } from './read-home.ts';

/** The stored part of a {@link DerivedState}. */
export type StoredState = Omit<DerivedState, 'rebuilt'>;

/** Reads the state of a device that is not open. */
export const readStoredState = async (dir: string): Promise<StoredState> => {
  const files = await findFileDamage(dir);
  if (files.length > 0) {
    const isMissing = files.some(({ file, what }) => file === 'CURRENT' && what === 'the file is missing');
    const faults = files.map(({ file, offset, what }) => `file ${file}, at byte ${offset}: ${what}`);
    return { isMissing, faults, stored: undefined };
  }
  const { value: store, error } = await faultOf(() => openStateStore(dir));
  if (store === undefined) return { isMissing: false, faults: [error?.message ?? ''], stored: undefined };
  try {
    return await readOpenState(store);
  } finally {
    await store.close();
  }
};

/** Reads the state of a device that is open; nothing may be written meanwhile. */
export const readOpenState = async (store: LevelStateStore): Promise<StoredState> => {
  const faults: string[] = [];
  for await (const fault of store.audit()) faults.push(fault);
  const stored: StateImage | undefined = faults.length > 0 ? undefined : await readState(store);
  return { isMissing: false, faults, stored };
};

/** The records as they are now, which can be read later on while more are being appended. */
export const snapshotOf = async (records: LevelRecordStore): Promise<LevelRecordStore> => {
  const [tails, evidence, arrivals] = [await records.tails(), await records.evidence(), records.arrivals()];
  return {
    ...records,
    arrivals: () => arrivals,
    tails: async () => tails,
    evidence: async () => evidence,
    write: async () => undefined,
    restore: async () => undefined,
  };
};

/** Makes the state anew from the records of a {@link snapshotOf}, in a folder for temporary files. */
export const rebuildState = async (
  { key: { signer }, file }: Home,
  space: HomeSpace,
  records: LevelRecordStore,
): Promise<RebuiltState> => {
  const folder = await mkdtemp(join(tmpdir(), 'smo-doctor-'));
  const state = await openStateStore(join(folder, 'state'));
  try {
    const host = await EngineHost.open({
      crypto: nativeCrypto,
      signer,
      space: space.id,
      genesis: readGenesis(space),
      origin: makeOrigin(signer.device, file.incarnation),
      records,
      state,
      marker: { read: () => new Map(), advance: async () => undefined },
      nowMs: Date.now,
    });
    const { replica } = host.engine;
    const rebuilt: RebuiltState = {
      digest: replica.digest.toHex(),
      counts: { ...replica.counts },
      applied: new Map(replica.applied()),
      waiting: [...host.engine.waiting()],
    };
    await host.close();
    return rebuilt;
  } finally {
    await state.close();
    await rm(folder, { recursive: true, force: true });
  }
};
