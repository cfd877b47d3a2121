import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DeviceId } from '../../../protocol/crypto/index.ts';
import {
  type Engine,
  type RetirementReason,
  readState,
  type StateImage,
  stateStanding,
} from '../../../protocol/engine/index.ts';
import { deviceOf, makeOrigin, type Origin } from '../../../protocol/event/index.ts';
import type { Membership } from '../../../protocol/membership/index.ts';
import type { RebuildListener } from '../../api/index.ts';
import { nativeCrypto } from '../../crypto/index.ts';
import { type Home, type HomeSpace, newIncarnation } from '../../home/index.ts';
import {
  findFileDamage,
  type LevelRecordStore,
  type LevelStateStore,
  openStateStore,
} from '../../store/index.ts';
import { EngineHost } from '../engine-host.ts';
import { readGenesis } from '../genesis.ts';
import type { OwnLogNotes } from '../own-log-keeper.ts';
import type { DerivedState, LogsState, OwnMembership, RebuiltState } from './patient.ts';
import { faultOf } from './read-home.ts';
import { sumTables } from './state-tables.ts';

/** The stored part of a {@link DerivedState}. */
export type StoredState = Omit<DerivedState, 'rebuilt' | 'error'>;

/** Reads the state of a device that is not open. */
export const readStoredState = async (dir: string): Promise<StoredState> => {
  const { value: files, error: unreadable } = await faultOf(() => findFileDamage(dir));
  if (files === undefined) return { ...NO_STATE, faults: [unreadable?.message ?? ''] };
  if (files.length > 0) {
    const isMissing = files.some(({ file, what }) => file === 'CURRENT' && what === 'the file is missing');
    const faults = files.map(({ file, offset, what }) => `file ${file}, at byte ${offset}: ${what}`);
    return { ...NO_STATE, standing: isMissing ? 'missing' : 'none', faults };
  }
  const { value: store, error } = await faultOf(() => openStateStore(dir));
  if (error?.code === 'state_damaged') return { ...NO_STATE, faults: [error.message] };
  if (store === undefined) return { ...NO_STATE, refusal: error };
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
  if (faults.length > 0) return { ...NO_STATE, faults };
  const stored: StateImage | undefined = await readState(store);
  return { ...NO_STATE, standing: stateStanding(store), stored, tables: await sumTables(store) };
};

const NO_STATE: StoredState = {
  faults: [],
  refusal: undefined,
  standing: 'none',
  stored: undefined,
  tables: new Map(),
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

/** What is known of a device whose state is made anew. */
export interface RebuildGiven {
  /** Its logs that are known not to be written to any more, and why. */
  readonly retired: ReadonlyMap<Origin, RetirementReason>;
  /** Its logs of which less is stored than it has signed. */
  readonly behind: readonly Origin[];
  readonly onRebuild?: RebuildListener;
}

/** Makes the state anew from the records of a {@link snapshotOf}, in a folder for temporary files. */
export const rebuildState = async (
  { dir, key: { signer }, file }: Home,
  space: HomeSpace,
  records: LevelRecordStore,
  { retired, behind, onRebuild }: RebuildGiven,
): Promise<RebuiltState> => {
  const folder = await mkdtemp(join(tmpdir(), 'smo-doctor-'));
  let state: LevelStateStore | undefined;
  try {
    state = await openStateStore(join(folder, 'state'));
    const host = await EngineHost.open({
      crypto: nativeCrypto,
      signer,
      space: space.id,
      genesis: readGenesis(dir, space),
      records,
      state,
      marker: { read: () => new Map(), advance: async () => undefined },
      notes: notesOf(signer.device, file.incarnation, retired),
      behind,
      nowMs: Date.now,
    });
    await host.caughtUp(onRebuild);
    const { replica } = host.engine;
    const rebuilt: RebuiltState = {
      digest: replica.digest.toHex(),
      counts: { ...replica.counts },
      applied: new Map(replica.applied()),
      tables: await sumTables(state),
      logs: logsOf(host.engine),
    };
    await host.close();
    return rebuilt;
  } finally {
    await state?.close();
    await rm(folder, { recursive: true, force: true });
  }
};

/** Notes that nobody keeps: a rebuild changes nothing of a home. */
const notesOf = (
  device: DeviceId,
  incarnation: string,
  retired: ReadonlyMap<Origin, RetirementReason>,
): OwnLogNotes => {
  let main = makeOrigin(device, incarnation);
  return {
    get main() {
      return main;
    },
    retired,
    retire: async (origin) => {
      if (origin === main) main = makeOrigin(device, newIncarnation());
    },
  };
};

/** What an engine knows of its logs. */
export const logsOf = (engine: Engine): LogsState => ({
  waiting: [...engine.waiting()],
  forks: [...engine.forks()],
  retired: new Map(engine.retired),
  membership: membershipOf(engine.membership, deviceOf(engine.main)),
});

const membershipOf = (membership: Membership, device: DeviceId): OwnMembership => {
  const member = membership.get(device);
  if (member !== undefined) return { type: 'member', role: member.role };
  const former = membership.former.get(device);
  if (former === undefined) return { type: 'unknown' };
  const { by, reason } = former;
  const { name } = membership.get(by) ?? membership.former.get(by) ?? { name: by };
  return { type: 'revoked', by: name, reason };
};
