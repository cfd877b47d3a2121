import { SmoError } from '../../protocol/fault/index.ts';
import type { NodeApi, RebuildListener } from '../api/index.ts';
import { type Environment, openHome } from '../home/index.ts';
import { connectRunning } from './control-socket.ts';
import { createDamagedApi } from './damaged-api.ts';
import type { Device } from './device.ts';
import { InviteBook } from './invite-book.ts';
import { createLocalApi, type NetworkControl } from './local-api.ts';
import { NOT_RUNNING } from './network-state.ts';
import { openDevice } from './open-device.ts';
import { whenFree } from './when-free.ts';

/** A device's API for one command. */
export interface OpenApi {
  readonly api: NodeApi;
  close(): Promise<void>;
}

/**
 * Reaches the device of a home: through its control socket when it is running, else by opening the home in this
 * process. Another command that has the home open is waited for.
 *
 * @throws SmoError `home_in_use` when it stays in use and nobody answers
 */
export const openApi = async (
  dir: string,
  env: Environment,
  onRebuild?: RebuildListener,
): Promise<OpenApi> => {
  // A home that is missing or damaged is told first, whatever listens on its socket.
  await openHome(dir);
  return whenFree(async () => {
    const remote = await connectRunning(dir);
    if (remote !== undefined) return { api: remote, close: () => Promise.resolve() };
    try {
      return await openLocal(dir, env, onRebuild);
    } catch (error) {
      if (!(error instanceof SmoError) || error.code !== 'store_damaged') throw error;
      return { api: createDamagedApi(dir, error), close: () => Promise.resolve() };
    }
  });
};

const openLocal = async (
  dir: string,
  env: Environment,
  onRebuild: RebuildListener | undefined,
): Promise<OpenApi> => {
  const device = await openWhole(dir, env, onRebuild);
  const network: NetworkControl = {
    state: () => NOT_RUNNING,
    started: () => Promise.resolve(),
    enable: async () => {
      throw new SmoError('not_running', 'this device is not up', 'Start it with `smo up`.');
    },
    invites: () => InviteBook.open(dir),
  };
  return { api: createLocalApi(device, network), close: () => device.close() };
};

/** A device for one command: what is not done while it is open is not done at all. */
const openWhole = async (
  dir: string,
  env: Environment,
  onRebuild: RebuildListener | undefined,
): Promise<Device> => {
  const device = await openDevice(dir, env);
  try {
    await device.host.caughtUp(onRebuild);
    return device;
  } catch (error) {
    await device.close();
    throw error;
  }
};
