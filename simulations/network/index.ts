export { Network, type NetworkHost } from './network.ts';
export type { Passage } from './passages.ts';
