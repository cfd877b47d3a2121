import type { Outcome } from '../../simulations/index.ts';

/** What a run came to, without what depends on the machine. */
export const essence = ({ wallMs: _, peakMemoryBytes: __, ...outcome }: Outcome) => outcome;
