export { hasIproute2, hostsUnavailable } from './availability.ts';
export { createHosts, type Host, type Hosts, type Legs, type OneWay } from './hosts.ts';
export { ip } from './ip.ts';
export { deleteNamespace } from './sweep.ts';
