import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Device } from '../../node/host/device.ts';
import { foundSpace } from '../../node/host/found.ts';
import { openDevice } from '../../node/host/open-device.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A device in a home of its own that has founded a space; closed and removed at the end of the test. */
export const homeDevice = async (
  name = 'desk',
): Promise<{ readonly home: string; readonly device: Device }> => {
  const dir = temporaryFolder();
  const home = join(dir, 'home');
  const env = { SMO_STATE_HOME: join(dir, 'state') };
  await foundSpace(home, { name, spaceName: 'family' }, env);
  const device = await openDevice(home, env);
  onTestFinished(() => device.close());
  return { home, device };
};
