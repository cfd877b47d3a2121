export type { SessionSpan } from './link.ts';
export { Network, type NetworkHost } from './network.ts';
