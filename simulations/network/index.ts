export { Network, type NetworkHost } from './network.ts';
