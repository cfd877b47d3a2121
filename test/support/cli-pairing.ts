import { expect, vi } from 'vitest';
import type { Role } from '../../node/api/index.ts';
import type { CliDevice, Machine, RunningDevice } from './cli-device.ts';

/** Waiting for what no event announces, with a deadline that a slow machine keeps too. */
export const WAIT = { timeout: 15_000, interval: 50 } as const;

/** A device that has just founded a space. */
export const founder = async (machine: Machine, name: string): Promise<CliDevice> => {
  const device = machine.device(name);
  await device.json(['init', '--name', name]);
  return device;
};

/** Lets a device join the space of one that is up. */
export const admit = async (
  inviter: RunningDevice,
  name: string,
  machine: Machine,
  role: Role = 'writer',
): Promise<CliDevice> => {
  const device = machine.device(name);
  const { ticket } = await inviter.api.invite({ role, expiresInMs: 60_000 });
  const joined = await device.json(['join', ticket, '--name', name]);
  expect(joined).toMatchObject({ name, synced: true });
  return device;
};

/** Two devices of one space that are up and connected. */
export interface Pair {
  readonly a: CliDevice;
  readonly b: CliDevice;
  readonly upA: RunningDevice;
  readonly upB: RunningDevice;
}

/** Makes a space on a device "a" and lets "b" join it. */
export const startPair = async (machine: Machine): Promise<Pair> => {
  const a = await founder(machine, 'a');
  const upA = await a.up();
  const b = await admit(upA, 'b', machine);
  const upB = await b.up(...dialing(upA));
  await converged(upA, upB);
  return { a, b, upA, upB };
};

/** Options that make a device dial another one. */
export const dialing = ({ ready }: RunningDevice): readonly string[] =>
  ready.addresses.flatMap((address) => ['--dial', address]);

/** Waits until devices are connected and hold the same. */
export const converged = async (...devices: readonly RunningDevice[]): Promise<void> => {
  await vi.waitFor(async () => {
    const states = await Promise.all(devices.map(({ api }) => api.status()));
    for (const { digest, frontier, waiting } of states) {
      expect({ digest, frontier, waiting }).toEqual({
        digest: states[0]?.digest,
        frontier: states[0]?.frontier,
        waiting: [],
      });
    }
    for (const { peers } of states) {
      for (const { connected, lag } of peers) expect({ connected, lag }).toEqual({ connected: true, lag: 0 });
    }
  }, WAIT);
};
