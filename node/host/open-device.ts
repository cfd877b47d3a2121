import { join } from 'node:path';
import { decodeRecord } from '../../protocol/event/index.ts';
import { SmoError } from '../../protocol/fault/index.ts';
import type { Genesis } from '../../protocol/membership/index.ts';
import { nativeCrypto } from '../crypto/index.ts';
import {
  compareMarker,
  type Environment,
  HOME_LAYOUT,
  type Home,
  LogNotes,
  openHome,
  openMarker,
} from '../home/index.ts';
import { type LevelStateStore, openRecordStore, openStateStore, wipeStateStore } from '../store/index.ts';
import type { Device } from './device.ts';
import { EngineHost } from './engine-host.ts';
import { EventReader } from './event-view.ts';
import { readGenesis } from './genesis.ts';
import { Sightings } from './sightings.ts';

/**
 * Opens the device of a home, for as long as the caller keeps it: no other process can meanwhile.
 * @throws SmoError when the home is missing, damaged, in use, or belongs to no space yet
 */
export const openDevice = async (dir: string, env: Environment): Promise<Device> => {
  const home = await openHome(dir);
  if (home.file.space === null) {
    throw new SmoError(
      'no_space',
      `the device in ${dir} belongs to no space yet`,
      'Found one with `smo init`, or join one with `smo join`.',
    );
  }
  const recordsDir = join(dir, HOME_LAYOUT.records);
  let onDamaged = (): void => undefined;
  let onFailed = (_error: Error): void => undefined;
  const records = await openRecordStore(recordsDir, { onDamaged: () => onDamaged() });
  try {
    const state = await openState(join(dir, HOME_LAYOUT.state), (error) => onFailed(error));
    try {
      const device = await assemble(home, home.file.space, recordsDir, records, state, env);
      // What is damaged is asked for as soon as it is known.
      onDamaged = () => device.host.step({ type: 'tick' });
      onFailed = (error) => device.host.fail(error);
      return device;
    } catch (error) {
      await state.close();
      throw error;
    }
  } catch (error) {
    await records.close();
    throw error;
  }
};

const assemble = async (
  home: Home,
  space: NonNullable<Home['file']['space']>,
  recordsDir: string,
  records: Device['records'],
  state: LevelStateStore,
  env: Environment,
): Promise<Device> => {
  const { signer } = home.key;
  const notes = new LogNotes(home);
  const genesis = readGenesis(home.dir, space);
  const marker = await openMarker(signer.device, env);
  const behind = compareMarker(marker.read(), await records.tails());
  const host = await EngineHost.open({
    crypto: nativeCrypto,
    signer,
    space: space.id,
    genesis,
    records,
    state,
    marker,
    notes,
    behind: behind.map(({ origin }) => origin),
    nowMs: Date.now,
  });
  const device: Device = {
    home,
    crypto: nativeCrypto,
    signer,
    space: space.id,
    genesis,
    get origin() {
      return host.engine.main;
    },
    host,
    records,
    recordsDir,
    state,
    reader: new EventReader(nativeCrypto, records),
    sightings: await Sightings.open(home.dir),
    close: async () => {
      await host.close();
      await state.close();
      await records.close();
    },
  };
  if (genesis.origin === device.origin) await assertFounded(device, genesis);
  return device;
};

/** The founder's log begins with the genesis record; a crash while founding may have come before it. */
const assertFounded = async ({ host, records, origin }: Device, { record }: Genesis): Promise<void> => {
  // Not whether it is applied: the state may be on its way.
  if ((await records.tails()).some(({ manifest }) => manifest.origin === origin)) return;
  const body = decodeRecord(record);
  if (!body.ok) throw new TypeError('a genesis that has been verified is a record');
  const { timestamp, ...draft } = body.value;
  await host.append([{ origin, draft, timestamp, seen: {} }]);
};

/** Derived state that cannot be opened is thrown away: the engine rebuilds it from the records. */
const openState = async (dir: string, onFailed: (error: Error) => void): Promise<LevelStateStore> => {
  try {
    return await openStateStore(dir, onFailed);
  } catch (error) {
    if (!(error instanceof SmoError) || error.code !== 'state_damaged') throw error;
    await wipeStateStore(dir);
    return openStateStore(dir, onFailed);
  }
};
