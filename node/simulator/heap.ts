import { totalmem } from 'node:os';
import process from 'node:process';
import { getHeapStatistics } from 'node:v8';

/** How much of the memory of the machine runs may take together, so that something is left for everything else. */
const SHARE = 0.8;

const MIB = 2 ** 20;

/** What is known where processes begin. */
export interface HeapGiven {
  /** Bytes that this machine, or what bounds the process on it, has. */
  readonly memory: number;
  /** Bytes of heap that Node allows by itself. */
  readonly allowed: number;
  /** What Node was told already, by a person. */
  readonly said: readonly string[];
}

/**
 * What Node is told where several processes run side by side, so that thousands of devices find room: by itself it
 * allows each some gigabytes, whatever the machine has. Nothing where that is more, or where somebody has said how much.
 */
export const heapArguments = (processes: number, given: HeapGiven = givenHere()): readonly string[] => {
  const { memory, allowed, said } = given;
  if (said.some((words) => /--max[-_]old[-_]space[-_]size/.test(words))) return [];
  const bytes = (memory * SHARE) / processes;
  return bytes > allowed ? [`--max-old-space-size=${Math.floor(bytes / MIB)}`] : [];
};

const givenHere = (): HeapGiven => ({
  // What is not bounded is said to be bounded by a number that no machine has.
  memory: Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY),
  allowed: getHeapStatistics().heap_size_limit,
  said: [...process.execArgv, process.env.NODE_OPTIONS ?? ''],
});
