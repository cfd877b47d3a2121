import type { DeviceId } from '../crypto/index.ts';
import type { Fault } from '../fault/index.ts';
import { isDue } from '../sync/index.ts';

/** Bounds of the strikes against one device (docs/protocol/strikes.md). */
export const STRIKE_LIMITS = {
  /** Strikes within the window that make a device served only. */
  strikesMax: 3,
  /** For how long a strike counts. */
  windowMs: 60 * 60 * 1000,
  /** For how long a device is served and not asked. */
  servedOnlyMs: 60 * 60 * 1000,
} as const;

/** A strike, and what comes of it. */
export interface Strike {
  readonly peer: DeviceId;
  readonly fault: Fault;
  /** Strikes within the window, this one included; more than make a difference are not counted. */
  readonly strikes: number;
  /** Until when the device is not asked, in ms since 1970; undefined: it still is. */
  readonly servedOnlyUntilMs?: number;
}

/** What is remembered of a device. */
interface Record {
  /** When each strike was, the oldest first. */
  strikesMs: readonly number[];
  servedOnlyUntilMs: number | undefined;
}

/**
 * Faults that only the device can have made that sent them. What the writer of a log has signed is not among
 * them (a log with two histories is its writer's fault, and honest devices pass on what they hold), nor is what
 * comes late, nor a version that is newer than this one.
 */
const STRIKING: ReadonlySet<string> = new Set([
  'frame_too_long',
  'bad_frame_length',
  'frame_truncated',
  'bad_frame',
  'hello_due',
  'out_of_turn',
  'bad_range',
  'credit_exceeded',
  'past_limit',
  'bad_manifest',
  'bad_root_format',
  'wrong_space',
  'unknown_key',
  'bad_signature',
  'root_mismatch',
  'count_mismatch',
  'bytes_mismatch',
  'record_empty',
  'record_too_large',
  'record_not_canonical',
  'record_malformed',
  'record_bad_payload',
  'record_past_limit',
  'bad_evidence',
  'bad_proof',
  'no_contradiction',
  'different_logs',
  'different_segments',
  'bad_gossip',
  'bad_answer',
  'answer_contradicts',
  'nodes_mismatch',
  'record_mismatch',
  'false_claim',
]);

/** Whether a fault is held against the device that sent what is at fault. */
export const isStrike = ({ code }: Fault): boolean => STRIKING.has(code);

/**
 * Strikes against devices: three within an hour, and a device is only served for an hour, and asked for nothing.
 * Kept in memory alone, so a restart forgives.
 */
export class Strikes {
  readonly #records = new Map<DeviceId, Record>();

  /** Holds a fault against a device; undefined when it is not one that is. */
  strike(peer: DeviceId, fault: Fault, nowMs: number): Strike | undefined {
    if (!isStrike(fault)) return undefined;
    this.#forgive(nowMs);
    const record = this.#records.get(peer) ?? { strikesMs: [], servedOnlyUntilMs: undefined };
    this.#records.set(peer, record);
    const recent = record.strikesMs.filter((atMs) => isWithin(atMs, nowMs));
    record.strikesMs = [...recent, nowMs].slice(-STRIKE_LIMITS.strikesMax);
    const strikes = record.strikesMs.length;
    if (strikes >= STRIKE_LIMITS.strikesMax) record.servedOnlyUntilMs = nowMs + STRIKE_LIMITS.servedOnlyMs;
    const { servedOnlyUntilMs } = record;
    return { peer, fault, strikes, ...(servedOnlyUntilMs !== undefined && { servedOnlyUntilMs }) };
  }

  /** Devices of which something is remembered. */
  get size(): number {
    return this.#records.size;
  }

  /** Strikes against a device within the window; more than make a difference are not counted. */
  count(peer: DeviceId, nowMs: number): number {
    return (this.#records.get(peer)?.strikesMs ?? []).filter((atMs) => isWithin(atMs, nowMs)).length;
  }

  /** Whether a device may be asked for something. */
  mayAsk(peer: DeviceId, nowMs: number): boolean {
    const untilMs = this.#records.get(peer)?.servedOnlyUntilMs;
    return untilMs === undefined || isDue(untilMs, nowMs, STRIKE_LIMITS.servedOnlyMs);
  }

  /** Forgets the devices of which nothing counts any more. */
  #forgive(nowMs: number): void {
    for (const [peer, { strikesMs }] of this.#records) {
      if (this.mayAsk(peer, nowMs) && !strikesMs.some((atMs) => isWithin(atMs, nowMs)))
        this.#records.delete(peer);
    }
  }
}

const isWithin = (atMs: number, nowMs: number): boolean => Math.abs(nowMs - atMs) < STRIKE_LIMITS.windowMs;
