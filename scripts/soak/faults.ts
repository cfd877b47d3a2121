import type { Draws } from '../draws.ts';
import type { Pace } from './pace.ts';
import type { Rig, Station } from './rig.ts';

/** What can go wrong for one device, and how often each does. */
const FAULTS = { kill: 5, offline: 4, flap: 2, cable: 4, deaf: 1, mute: 1 } as const;

type Fault = keyof typeof FAULTS;

/** Faults of links, which there are only where devices have hosts. */
const OF_LINKS: readonly Fault[] = ['cable', 'deaf', 'mute'];

/** Seconds between two faults of one device, and how long one lasts. */
const GAP_S = [2, 30] as const;
const LENGTH_S = [1, 25] as const;

/** How often a flapping device goes off line and comes back. */
const FLAPS = [3, 10] as const;

/** Sites are apart for so many seconds, after so many together. */
const SPLIT_S = { gap: [30, 120], length: [5, 40] } as const;

/** How often each fault has happened. */
export type FaultCounts = Map<string, number>;

/** Does to one device what the draws say, again and again until the run is over. */
export const troubleDevice = async (
  rig: Rig,
  station: Station,
  draws: Draws,
  pace: Pace,
  counts: FaultCounts,
): Promise<void> => {
  while (!pace.isOver) {
    await pace.pause(draws.between(...GAP_S) * 1_000);
    await pace.turn(async () => {
      // Everything is drawn whether it is used or not, so that the draws do not depend on the kind of the rig.
      const drawn = draws.weighted(FAULTS);
      const lengthMs = draws.between(...LENGTH_S) * 1_000;
      const flaps = draws.between(...FLAPS);
      const fault = possible(drawn, station);
      counts.set(fault, (counts.get(fault) ?? 0) + 1);
      await perform(fault, { rig, station, pace, lengthMs, flaps });
    });
  }
};

/** Cuts the sites apart, again and again until the run is over. */
export const troubleTrunk = async (
  rig: Rig,
  draws: Draws,
  pace: Pace,
  counts: FaultCounts,
): Promise<void> => {
  const { hosts } = rig;
  while (hosts !== undefined && !pace.isOver) {
    await pace.pause(draws.between(...SPLIT_S.gap) * 1_000);
    await pace.turn(async () => {
      const lengthMs = draws.between(...SPLIT_S.length) * 1_000;
      counts.set('split', (counts.get('split') ?? 0) + 1);
      hosts.trunk(false);
      await pace.pause(lengthMs);
      hosts.trunk(true);
    });
  }
};

/** What is drawn, or what takes its place where it can't be. */
const possible = (fault: Fault, { host, spared }: Station): Fault => {
  const isOut = (fault === 'kill' && spared) || (OF_LINKS.includes(fault) && host === undefined);
  return isOut ? 'offline' : fault;
};

interface Performance {
  readonly rig: Rig;
  readonly station: Station;
  readonly pace: Pace;
  readonly lengthMs: number;
  readonly flaps: number;
}

/** Begins a fault, lets it last, and ends it. */
const perform = async (fault: Fault, scene: Performance): Promise<void> => {
  const { rig, station, pace, lengthMs, flaps } = scene;
  const { device, host } = station;
  switch (fault) {
    case 'kill':
      await device.end('SIGKILL');
      await pace.pause(lengthMs);
      return rig.start(device);
    case 'offline':
      await device.api.network({ enabled: false });
      await pace.pause(lengthMs);
      await device.api.network({ enabled: true });
      return;
    case 'flap':
      for (let flap = 0; flap < flaps; flap += 1) {
        await device.api.network({ enabled: false });
        await device.api.network({ enabled: true });
        await pace.pause(lengthMs / flaps);
      }
      return;
    case 'cable':
      host?.link(false);
      await pace.pause(lengthMs);
      host?.link(true);
      return;
    case 'deaf':
    case 'mute':
      host?.lose(fault === 'deaf' ? 'in' : 'out');
      await pace.pause(lengthMs);
      host?.lose(undefined);
      return;
  }
};
