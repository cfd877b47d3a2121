import { Identity, memoisedCrypto, type RunCrypto, SimDevice, WORLD_BEGIN_MS } from '../device/index.ts';
import type { DiskImage } from '../disk/index.ts';
import { Draws } from '../draws/index.ts';
import type { Plan, PlannedDevice } from '../plan/index.ts';
import { foundSpace } from '../run/index.ts';
import { FrameTable } from './frame-table.ts';
import { Ledger } from './ledger.ts';
import { LiveDevice } from './live-device.ts';
import type { DeviceSetting, Setting } from './setting.ts';

const DEVICE: PlannedDevice = {
  role: 'writer',
  clockAheadMs: 0,
  clockDriftPpm: 0,
  readUs: 0,
  syncUs: 0,
};

/** A space of so many devices, all of which hold the same, and are down. */
export const foundWorld = async (peers: number, machine: RunCrypto): Promise<Setting> => {
  const crypto = memoised(machine);
  const draws = new Draws(0n);
  const planned = Array.from({ length: peers }, () => DEVICE);
  const devices = planned.map(
    (plan, number) => new SimDevice(number, plan, new Identity(crypto, draws, number), draws),
  );
  const plan: Pick<Plan, 'name' | 'devices'> = { name: 'explored', devices: planned };
  const { space, genesis, event, founding, admissions } = foundSpace(crypto, draws, plan, devices);
  const numbers = new Map(devices.map(({ identity, number }) => [identity.signer.device, number]));
  const settings = devices.map(
    ({ number, identity, ownLogs }): DeviceSetting => ({
      number,
      signer: identity.signer,
      main: ownLogs.notes.main,
      storeId: `store-${number}`,
      image: undefined,
    }),
  );
  const setting: Setting = {
    crypto,
    space,
    genesis,
    founding: event,
    devices: settings,
    frames: new FrameTable(),
    ledger: new Ledger(event),
    numberOf: (device) => numbers.get(device) ?? -1,
  };
  const images = await founded(setting, (founder) => {
    founder.append([founding], WORLD_BEGIN_MS);
    if (admissions.length > 0) founder.append(admissions);
  });
  return { ...setting, devices: settings.map((device, i) => ({ ...device, image: images[i] })) };
};

/** Lets the founder write what it begins with, and all others hear of it. */
const founded = async (
  setting: Setting,
  write: (founder: LiveDevice) => void,
): Promise<readonly (DiskImage | undefined)[]> => {
  const live = setting.devices.map((device) => new LiveDevice(setting, device));
  const [founder, ...others] = live;
  if (founder === undefined) throw new RangeError('a world needs a device');
  for (const device of live) await device.take({ type: 'start' });
  write(founder);
  while (founder.isCommitting) await founder.take({ type: 'committed' });
  for (const [i, other] of others.entries()) await exchange(founder, other, i + 1);
  for (const device of live) await device.take({ type: 'crash', keeps: 'all' });
  return live.map(({ disk }) => disk.copy());
};

/** A session of the founder with another device, until neither has anything to say. */
const exchange = async (founder: LiveDevice, other: LiveDevice, number: number): Promise<void> => {
  const ends = [
    { device: founder, peer: number, frames: [] as number[] },
    { device: other, peer: 0, frames: [] as number[] },
  ] as const;
  const take = async (side: 0 | 1, input: Parameters<LiveDevice['take']>[0]): Promise<void> => {
    const { sends, breaches } = await ends[side].device.take(input);
    const [breach] = breaches;
    if (breach !== undefined)
      throw new Error(`the founding of the space breaks ${breach.invariant}: ${breach.message}`);
    for (const { frame } of sends) ends[1 - side]?.frames.push(frame);
  };
  for (const side of [0, 1] as const) await take(side, { type: 'connected', peer: ends[side].peer });
  for (let moved = true; moved; ) {
    moved = false;
    for (const side of [0, 1] as const) {
      const { device, peer, frames } = ends[side];
      const frame = frames.shift();
      if (device.isCommitting) await take(side, { type: 'committed' });
      else if (frame !== undefined) await take(side, { type: 'frame', peer, frame });
      else continue;
      moved = true;
    }
  }
  for (const side of [0, 1] as const) await take(side, { type: 'disconnected', peer: ends[side].peer });
  while (ends.some(({ device }) => device.isCommitting)) {
    for (const side of [0, 1] as const)
      if (ends[side].device.isCommitting) await take(side, { type: 'committed' });
  }
};

/** The same message is signed and verified once. */
const memoised = (machine: RunCrypto): RunCrypto => {
  const crypto = memoisedCrypto(machine);
  return {
    ...crypto,
    signerFromSeed(seed) {
      const signer = crypto.signerFromSeed(seed);
      const known = new Map<string, Uint8Array>();
      return {
        device: signer.device,
        sign(message) {
          const key = Buffer.from(message).toString('latin1');
          const signature = known.get(key) ?? signer.sign(message);
          known.set(key, signature);
          return signature;
        },
      };
    },
  };
};
