import { hasIproute2, hostsUnavailable } from '../../node/hosts/index.ts';
import { installPackage } from './apt-package.ts';

/** Why hosts cannot be made on this machine; undefined when they can. If it lacks iproute2, that is installed first. */
export const hostsUnavailableHere = (): string | undefined => {
  if (!hasIproute2()) installPackage('iproute2');
  return hostsUnavailable();
};
