import type { RebuildProgress } from '../../protocol/engine/index.ts';
import { SmoError } from '../../protocol/fault/index.ts';
import type { NodeApi, ReachInput } from '../api/index.ts';
import type { ControlServer } from '../control/index.ts';
import { type Environment, openHome } from '../home/index.ts';
import { connectRunning, serveCommands } from './control-socket.ts';
import type { Device } from './device.ts';
import { createLocalApi } from './local-api.ts';
import { Network } from './network.ts';
import { openNetworkFiles } from './network-files.ts';
import { openDevice } from './open-device.ts';
import { whenFree } from './when-free.ts';

/** How a device is to run. */
export interface RunInput {
  readonly listen: readonly string[];
  readonly mdns: boolean;
  readonly dial: readonly string[];
  /** Beyond the local network: nothing of it when left out. */
  readonly reach?: ReachInput;
  readonly signal: AbortSignal;
  /** Called once, when the device listens and answers on its control socket. */
  readonly onReady: (info: {
    /** The running device itself, for whoever embeds it. */
    readonly api: NodeApi;
    readonly device: string;
    readonly addresses: readonly string[];
    readonly socket: string;
  }) => void;
  readonly log: (line: string) => void;
}

/**
 * Runs the device of a home until the signal aborts; resolves after a clean stop. A command that has the home
 * open is waited for.
 *
 * @throws SmoError `home_in_use` when the device is up already; `store_failed` when the disk does not take a write,
 *   so that whoever supervises the process can start it again
 */
export const serveDevice = async (dir: string, env: Environment, input: RunInput): Promise<void> => {
  // A home that is missing or damaged is told first, whatever listens on its socket.
  await openHome(dir);
  if ((await connectRunning(dir)) !== undefined) throw alreadyUp(dir);
  const device = await whenFree(() => openDevice(dir, env));
  try {
    await serve(device, dir, input);
  } finally {
    await device.close();
  }
};

const alreadyUp = (dir: string): SmoError =>
  new SmoError(
    'home_in_use',
    `the device in ${dir} is up already`,
    'Stop that process first, or leave it running: commands reach it by themselves.',
  );

const serve = async (device: Device, dir: string, input: RunInput): Promise<void> => {
  const failure = Promise.withResolvers<never>();
  // It may come before anybody waits for it.
  failure.promise.catch(() => undefined);
  const network = new Network(device, {
    listen: input.listen,
    dial: input.dial,
    mdns: input.mdns,
    ...(input.reach !== undefined && { reach: input.reach }),
    ...(await openNetworkFiles(device)),
    log: input.log,
    onFailure: failure.reject,
  });
  const api = createLocalApi(device, network);
  let control: ControlServer | undefined;
  const stopped = aborted(input.signal);
  try {
    // First of all: while the state is made anew it can be asked how far that is.
    control = await serveCommands(api, dir, input.log);
    const { rebuilding } = device.host.engine;
    if (rebuilding !== undefined) input.log(rebuildingLine(rebuilding));
    await Promise.race([device.host.caughtUp(), stopped]);
    if (input.signal.aborted) return;
    await network.start();
    const { addresses } = network.state();
    input.onReady({ api, device: device.signer.device, addresses, socket: control.socketPath });
    await Promise.race([stopped, failure.promise]);
  } finally {
    await Promise.all([control?.stop(), network.stop()]);
  }
};

const rebuildingLine = ({ done, total }: RebuildProgress): string =>
  `applies ${(total - done).toLocaleString('en')} of ${total.toLocaleString('en')} stored events that its state lacks; looks for the other devices after that`;

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
