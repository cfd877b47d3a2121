export type { SelftestMessage, SelftestOrder } from './selftest.ts';
export { simulator } from './simulator.ts';
