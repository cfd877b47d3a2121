import type { Environment } from '../home/index.ts';
import { Network } from './network.ts';
import { openNetworkFiles } from './network-files.ts';
import { openDevice } from './open-device.ts';

/**
 * Lets a device that has just joined receive what the space holds from the one that let it in. Resolves with
 * whether it came to an end in time; if not, `smo up` goes on where it stopped.
 *
 * @param addresses of the inviter, as the ticket names them
 */
export const firstSync = async (
  dir: string,
  env: Environment,
  addresses: readonly string[],
  timeoutMs: number,
): Promise<boolean> => {
  const device = await openDevice(dir, env);
  try {
    const { inviter } = device.home.file;
    if (inviter === undefined) return false;
    const files = await openNetworkFiles(device);
    files.addressBook.note(inviter, addresses);
    const network = new Network(device, {
      listen: [],
      dial: [],
      mdns: true,
      ...files,
      log: () => undefined,
      // The wait below ends with it, and whoever opens the home next meets the failure.
      onFailure: () => undefined,
    });
    await network.start();
    try {
      const { engine } = device.host;
      const admitted = (): boolean => engine.membership.has(device.signer.device);
      const complete = (): boolean =>
        [...engine.peers()].some((peer) => peer.device === inviter && peer.behind === 0 && peer.lag === 0);
      await device.host.until(() => admitted() && complete(), AbortSignal.timeout(timeoutMs));
      await device.host.settled();
      return true;
    } catch {
      return false;
    } finally {
      await network.stop();
    }
  } finally {
    await device.close();
  }
};
