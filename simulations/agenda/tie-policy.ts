import type { Thread } from './thread.ts';

/**
 * How an agenda orders what happens at the same time: as it was put down, in a drawn order, or by priorities of its
 * threads (PCT).
 */
export type TiePolicy = 'fifo' | 'random' | PctPolicy;

/** Priorities that change so many times less one, between things due within one window. */
export interface PctPolicy {
  readonly pct: number;
  readonly windowUs: number;
}

/** A tie policy at work. */
export interface Ties {
  /** When something happens that is due at a time: then, or a little later. */
  happensUs(dueUs: number, thread: Thread | undefined): number;
  /** Place of what is put down now among all that happens at the same time, an unsigned integer of 32 bits. */
  rank(thread: Thread | undefined, nowUs: number): number;
}
