import { type SimDevice, WORLD_BEGIN_MS } from '../device/index.ts';
import type { Plan } from '../plan/index.ts';
import type { World } from './world.ts';

/**
 * The founder starts and lets all others in, and they start: on empty disks, or on disks that hold what it has written.
 * @param goOn lets the next thing happen
 */
export const startDevices = async (
  { agenda, devices, founded }: World,
  { founding, phases }: Pick<Plan, 'founding' | 'phases'>,
  goOn: () => Promise<void>,
): Promise<void> => {
  const [founder, ...others] = devices;
  if (founder === undefined) throw new RangeError('a run needs a device');
  await founder.start();
  founder.write([founded.founding], WORLD_BEGIN_MS);
  if (founded.admissions.length > 0) founder.write(founded.admissions);
  if (founding === 'before') {
    while (founder.isAtWork && (agenda.nextUs ?? phases.setupUs) < phases.setupUs) await goOn();
    handOut(founder, others);
  }
  for (const device of others) await device.start();
};

/** What the founder's disk holds comes on those of all others, but for clones, which are not there yet. */
const handOut = (founder: SimDevice, others: readonly SimDevice[]): void => {
  const image = founder.disk.copy();
  for (const device of others) if (device.cloneOf === undefined) device.provide(image);
};
