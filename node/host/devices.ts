import { makeOrigin } from '../../protocol/event/index.ts';
import type { RebuildListener } from '../api/index.ts';
import type { Environment, Home } from '../home/index.ts';
import { type OpenApi, openApi } from './open-api.ts';
import type { RunInput } from './run-device.ts';

/** How long a device that has joined may take to receive what the space holds before the call returns. */
const FIRST_SYNC_MS = 30_000;

/** A device and its place in a space. */
export interface DevicePlace {
  readonly space: string;
  readonly device: string;
  /** The log that it writes to. */
  readonly origin: string;
}

/** A device that has just joined. */
export interface JoinedDevice extends DevicePlace {
  readonly name: string;
  /** Whether everything that the inviter holds has been received already. */
  readonly synced: boolean;
}

/**
 * Opens the device of a home for use: through its control socket when it is running, else in this process. There its state
 * may have to be made anew from the records before, which takes a while with very many.
 * @param onRebuild is told again and again how far that is, in events
 * @throws SmoError `home_missing`, `home_damaged`, `home_in_use` and others; see docs/guides/troubleshooting.md
 */
export const openDevice = (
  home: string,
  env: Environment = process.env,
  onRebuild?: RebuildListener,
): Promise<OpenApi> => openApi(home, env, onRebuild);

/** Makes a home with a new device that founds a new space. */
export const initDevice = async (
  home: string,
  input: { readonly name: string; readonly spaceName: string },
  env: Environment = process.env,
): Promise<DevicePlace> => {
  const { foundSpace } = await import('./found.ts');
  return placeOf(await foundSpace(home, input, env));
};

/** Makes a home with a new device that joins the space of a ticket, and lets it receive what the space holds. */
export const joinDevice = async (
  home: string,
  input: { readonly ticket: string; readonly name: string; readonly timeoutMs: number },
  env: Environment = process.env,
): Promise<JoinedDevice> => {
  const [{ joinSpace }, { firstSync }] = await Promise.all([import('./join.ts'), import('./first-sync.ts')]);
  const { home: joined, addresses } = await joinSpace(home, input);
  const synced = await firstSync(home, env, addresses, FIRST_SYNC_MS);
  return { ...placeOf(joined), name: joined.file.name, synced };
};

/** Runs the device of a home, as `smo up` does, until the signal aborts; resolves after a clean stop. */
export const runDevice = async (
  home: string,
  input: RunInput,
  env: Environment = process.env,
): Promise<void> => {
  // Loaded here: libp2p is for devices that are up.
  const { serveDevice } = await import('./run-device.ts');
  await serveDevice(home, env, input);
};

const placeOf = ({ file }: Home): DevicePlace => ({
  space: file.space?.id ?? '',
  device: file.device,
  origin: makeOrigin(file.device, file.incarnation),
});
