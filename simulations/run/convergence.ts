import type { SimDevice } from '../device/index.ts';

/** Whether all devices of a core hold the same and have made the same of it. */
export const isConverged = (core: readonly SimDevice[]): boolean => {
  const [first] = core;
  if (first === undefined) return true;
  const digest = first.engine.replica.digest.toHex();
  // The digests differ most of the time, and are the cheaper ones to compare.
  if (core.some(({ engine }) => engine.replica.digest.toHex() !== digest)) return false;
  const frontier = frontierText(first);
  return core.every((device) => isAtRest(device) && frontierText(device) === frontier);
};

/** Those of some devices that can become equal: the ones that are up and of which nobody knows that they were revoked. */
export const coreOf = (devices: readonly SimDevice[]): readonly SimDevice[] => {
  const up = devices.filter(({ isUp }) => isUp);
  const isFormer = ({ identity }: SimDevice): boolean =>
    up.some(({ engine }) => engine.membership.former.has(identity.signer.device));
  return up.filter((device) => !isFormer(device));
};

const isAtRest = ({ engine }: SimDevice): boolean =>
  engine.rebuilding === undefined && engine.waiting()[Symbol.iterator]().next().done === true;

const frontierText = ({ engine }: SimDevice): string =>
  [...engine.frontier()]
    .map(({ origin, seq, frozen }) => `${origin} ${seq} ${frozen}`)
    .sort()
    .join('\n');
