import { stateKey } from '../../protocol/engine/index.ts';
import { deviceOf, type Origin, type Seq } from '../../protocol/event/index.ts';
import type { Place } from '../../protocol/log/index.ts';
import type { IsLost } from '../checks/index.ts';
import type { SimDevice } from '../device/index.ts';

/**
 * Whether all devices of a core hold the same and have made the same of it.
 * @param isLost whether none of them can come to a record: for that, and for what comes after it, none has to wait
 */
export const isConverged = (core: readonly SimDevice[], isLost: IsLost): boolean => {
  // The digests differ most of the time, and are the cheaper ones to compare.
  const [first, ...others] = [...new Map(core.map((device) => [digestOf(device), device])).values()];
  if (first === undefined) return true;
  if (!others.every((other) => differByLosses(first, other, isLost))) return false;
  return core.every((device) => isAtRest(device, isLost)) && holdSame(core, isLost);
};

const digestOf = ({ engine }: SimDevice): string => engine.replica.digest.toHex();

/**
 * Whether two devices that show different states do so because one of them has applied what is lost: its disk has destroyed
 * the record afterwards, and before anybody else had it. What waits for that is looked at by itself.
 */
const differByLosses = (one: SimDevice, other: SimDevice, isLost: IsLost): boolean => {
  const waiting = new Set(
    [one, other].flatMap(({ engine }) => [...engine.waiting()].map(({ place }) => place.origin)),
  );
  const [applied, others] = [new Map(one.engine.replica.applied()), new Map(other.engine.replica.applied())];
  const differing = [...new Set([...applied.keys(), ...others.keys()])].filter(
    (origin) => applied.get(origin) !== others.get(origin),
  );
  const firstOf = (origin: Origin): Seq => Math.min(applied.get(origin) ?? 0, others.get(origin) ?? 0) + 1;
  return (
    differing.length > 0 &&
    differing.every((origin) => waiting.has(origin) || isLost(origin, firstOf(origin)))
  );
};

/** Whether the disk of a device keeps the rows of all that it has applied: they may follow a moment later. */
export const keepsAll = ({ disk, engine }: SimDevice): boolean =>
  [...engine.replica.applied()].every(
    ([origin, seq]) => seq === (disk.rows.get(stateKey.applied(origin)) ?? 0),
  );

/** Those of some devices that can become equal: the ones that are up and of which nobody knows that they were revoked. */
export const coreOf = (devices: readonly SimDevice[]): readonly SimDevice[] => {
  const up = devices.filter(({ isUp }) => isUp);
  const former = new Set(up.flatMap(({ engine }) => [...engine.membership.former.keys()]));
  return up.filter(({ identity }) => !former.has(identity.signer.device));
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
    if (new Set(entries.map((entry) => entry?.frozen ?? false)).size > 1) return false;
    const lengths = entries.map((entry) => entry?.seq ?? 0);
    const most = Math.max(...lengths);
    return lengths.every((length) => length === most || isLost(origin, length + 1));
  });
};
