import type { Draws } from '../draws.ts';
import { isCutOff, isTooEarly } from './cut-off.ts';
import type { FaultCounts } from './faults.ts';
import type { Pace } from './pace.ts';
import type { Rig } from './rig.ts';

/** Seconds between two guests, and for how long one stays. */
const GAP_S = [20, 60] as const;
const STAY_S = [5, 20] as const;

/** Commits of a guest, and entities that it writes to; those of the workload are among them. */
const COMMITS = [1, 20] as const;
const ENTITIES = 20;

/**
 * Lets in a new device again and again until the run is over; each writes a little, is killed wherever it happens to
 * be, and is revoked. Some of the others have got more of it than the one that revokes it, and some have got less.
 */
export const receiveGuests = async (
  rig: Rig,
  draws: Draws,
  pace: Pace,
  counts: FaultCounts,
): Promise<void> => {
  const [host] = rig.stations;
  const count = (what: string): void => void counts.set(what, (counts.get(what) ?? 0) + 1);
  for (let number = 1; host !== undefined && !pace.isOver; number += 1) {
    await pace.pause(draws.between(...GAP_S) * 1_000);
    const [commits, stayMs] = [draws.between(...COMMITS), draws.between(...STAY_S) * 1_000];
    const guest = rig.guest(`guest-${number}`);
    let id: string | undefined;
    await pace.turn(async () => {
      const { ticket } = await host.device.api.invite({ role: 'writer', expiresInMs: 60_000 });
      // It cannot join while its host is off-line.
      const joined = await guest
        .run('join', ticket, '--name', guest.name, '--timeout', '15s')
        .catch((error: unknown) => count(`guest turned away (${codeIn(error)})`));
      if (joined === undefined) return;
      id = joined.device;
      await rig.start(guest);
      for (let commit = 0; commit < commits; commit += 1) {
        const entityId = `shared-${draws.between(1, ENTITIES)}`;
        await guest.api.append({
          drafts: [
            { type: 'plos.core/StateUpdated', entityId, payload: { title: `${guest.name} ${commit}` } },
          ],
        });
      }
    });
    if (id === undefined) continue;
    await pace.pause(stayMs);
    await guest.end('SIGKILL');
    try {
      await host.device.api.revokeDevice({ device: id });
      count('revoked');
    } catch (error) {
      if (!isCutOff(error) && !isTooEarly(error)) throw error;
    }
  }
};

/** The code with which a command failed. */
const codeIn = (error: unknown): string => /"code":"([a-z_]+)"/.exec(String(error))?.[1] ?? 'failed';
