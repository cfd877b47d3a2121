import type { SimDevice } from '../device/index.ts';

/** Whether all devices of a core hold the same and have made the same of it. */
export const isConverged = (core: readonly SimDevice[]): boolean => {
  const [first] = core;
  return first === undefined || core.every((device) => isAtRest(device) && isEqual(device, first));
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

const isEqual = ({ engine }: SimDevice, { engine: other }: SimDevice): boolean =>
  engine.replica.digest.toHex() === other.replica.digest.toHex() &&
  engine.replica.appliedCount === other.replica.appliedCount &&
  frontierText(engine) === frontierText(other);

const frontierText = (engine: SimDevice['engine']): string =>
  [...engine.frontier()]
    .map(({ origin, seq, frozen }) => `${origin} ${seq} ${frozen}`)
    .sort()
    .join('\n');
