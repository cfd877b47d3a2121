import { formatWithOptions } from 'node:util';
import type { FaultCounts } from './faults.ts';
import { type Course, JUDGED_FROM_MS, MEMORY_ALLOWANCE, type MemoryVerdict } from './memory.ts';
import type { SoakOptions } from './options.ts';

/** What became of one device. */
export interface DeviceOutcome {
  readonly name: string;
  readonly events: number;
  readonly digest: string;
  readonly verified: boolean;
  /** How often it was killed. */
  readonly kills: number;
  /** Undefined for those that were killed, and when the soak was too short for three thirds. */
  readonly memory: MemoryVerdict | undefined;
}

/** Megabytes, for people. */
export const megabytes = (bytes: number, digits = 0): string => (bytes / 1024 / 1024).toFixed(digits);

/** Time since the beginning, as minutes and seconds. */
export const clock = (ms: number): string => {
  const seconds = Math.floor(ms / 1_000);
  return `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
};

/** The table at the end, and what it means. */
export const outcomeText = (outcomes: readonly DeviceOutcome[]): string => {
  const head = ['device', 'events', 'digest', 'verified', 'kills', 'held', 'resident', 'memory'];
  const rows = outcomes.map(({ name, events, digest, verified, kills, memory }) => [
    name,
    String(events),
    digest.slice(0, 16),
    verified ? 'yes' : 'NO',
    String(kills),
    ...(memory === undefined
      ? ['-', '-', 'not judged']
      : [courseText(memory.held), courseText(memory.resident), memory.flat ? 'flat' : 'GROWS']),
  ]);
  return `${table([head, ...rows])}\n\n${ALLOWANCE_TEXT}`;
};

const courseText = ({ middleBytes, lastBytes, allowedBytes }: Course): string =>
  `${[middleBytes, lastBytes].map((bytes) => megabytes(bytes, 1)).join(' to ')} of ${megabytes(allowedBytes, 1)}`;

/** The whole soak in one line. */
export const summaryText = (
  { seed }: SoakOptions,
  outcomes: readonly DeviceOutcome[],
  faults: FaultCounts,
): string => {
  const [first] = outcomes;
  const kills = faults.get('kill') ?? 0;
  const revoked = faults.get('revoked') ?? 0;
  const cuts = CUTS.reduce((sum, fault) => sum + (faults.get(fault) ?? 0), 0);
  const digests = outcomes.every(({ digest }) => digest === first?.digest) ? 'equal' : 'DIFFERENT';
  const judged = outcomes.flatMap(({ memory }) => (memory === undefined ? [] : [memory.flat]));
  const memory = judged.length === 0 ? 'not judged' : judged.every(Boolean) ? 'flat' : 'GROWS';
  return (
    `seed ${seed}: ${first?.events ?? 0} events, ${kills} kills, ${cuts} cuts, ${revoked} devices revoked; ` +
    `digests ${digests}, memory ${memory}`
  );
};

/** Faults that cut a device, or several, off from the others. */
const CUTS = ['offline', 'flap', 'cable', 'deaf', 'mute', 'split'] as const;

/** What is done, before it begins. */
export const openingText = ({ minutes, seed, devices, hosts }: SoakOptions): string =>
  formatWithOptions(
    {},
    'soak: %d devices%s for %d minutes, seed %d',
    devices,
    hosts ? ' on hosts of their own' : '',
    minutes,
    seed,
  );

const ALLOWANCE_TEXT = `Memory is in MB, after all garbage has been collected, every 15 s: what the program holds, and what the process
takes of the machine. It is judged of the devices that are never killed, in a soak of at least ${JUDGED_FROM_MS / 60_000} minutes. From the
median of the middle third to that of the last third both may grow by ${MEMORY_ALLOWANCE.bytesPerEvent} bytes for each event that came between,
which an index may take; beside that what is held by ${megabytes(MEMORY_ALLOWANCE.heldSlackBytes)} MB, the process by ${megabytes(MEMORY_ALLOWANCE.residentSlackBytes)} MB.`;

const table = (rows: readonly (readonly string[])[]): string => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};
