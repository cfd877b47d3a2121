import { deviceOf, type Origin, type Seq } from '../../protocol/event/index.ts';
import type { Place } from '../../protocol/log/index.ts';
import type { IsLost } from '../checks/index.ts';
import type { SimDevice } from '../device/index.ts';

/**
 * Whether all devices of a core hold the same and have made the same of it.
 * @param isLost whether none of them can come to a record: for that, and for what comes after it, none has to wait
 */
export const isConverged = (core: readonly SimDevice[], isLost: IsLost): boolean => {
  const [first] = core;
  if (first === undefined) return true;
  const digest = first.engine.replica.digest.toHex();
  // The digests differ most of the time, and are the cheaper ones to compare.
  if (core.some(({ engine }) => engine.replica.digest.toHex() !== digest)) return false;
  return core.every((device) => isAtRest(device, isLost)) && holdSame(core, isLost);
};

/** Those of some devices that can become equal: the ones that are up and of which nobody knows that they were revoked. */
export const coreOf = (devices: readonly SimDevice[]): readonly SimDevice[] => {
  const up = devices.filter(({ isUp }) => isUp);
  const isFormer = ({ identity }: SimDevice): boolean =>
    up.some(({ engine }) => engine.membership.former.has(identity.signer.device));
  return up.filter((device) => !isFormer(device));
};

/** Whether an event is one of a device outside of a core, which may keep it to itself: nobody within holds it. */
export const isKeptOutside = (core: readonly SimDevice[], origin: Origin, seq: Seq): boolean =>
  core.every(({ identity }) => identity.signer.device !== deviceOf(origin)) &&
  core.every(({ engine }) =>
    [...engine.frontier()].every((entry) => entry.origin !== origin || entry.seq < seq),
  );

const isAtRest = ({ engine }: SimDevice, isLost: IsLost): boolean => {
  if (engine.rebuilding !== undefined) return false;
  const waiting = [...engine.waiting()];
  // What waits itself is looked at by itself.
  const waits = ({ origin, seq }: Place): boolean =>
    waiting.some(({ place }) => place.origin === origin && place.seq <= seq);
  return waiting.every(({ waitsFor }) => isLost(waitsFor.origin, waitsFor.seq) || waits(waitsFor));
};

const holdSame = (core: readonly SimDevice[], isLost: IsLost): boolean => {
  const frontiers = core.map(
    ({ engine }) => new Map([...engine.frontier()].map((entry) => [entry.origin, entry])),
  );
  const origins = new Set(frontiers.flatMap((entries) => [...entries.keys()]));
  return [...origins].every((origin) => {
    const entries = frontiers.map((of) => of.get(origin));
    if (entries.some((entry) => entry?.frozen !== entries[0]?.frozen)) return false;
    const lengths = entries.map((entry) => entry?.seq ?? 0);
    const most = Math.max(...lengths);
    return lengths.every((length) => length === most || isLost(origin, length + 1));
  });
};
