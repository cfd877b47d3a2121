export { Agenda, type Happening } from './agenda.ts';
export { channelThread, deviceThread, type Thread } from './thread.ts';
export type { TiePolicy } from './tie-policy.ts';
export { randomTies, tiesOf } from './ties.ts';
