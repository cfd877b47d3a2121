import type {
  Exploration,
  GraphCount,
  Outcome,
  RunMode,
  RunViolation,
  Scope,
} from '../../simulations/index.ts';
import type { WorkProgress } from './work-progress.ts';

/** Worlds of virtual devices that run the same engine, from one seed. */
export interface Simulator {
  /** The scenarios that come with the program. */
  list(): Promise<readonly SimScenario[]>;
  /** Runs a scenario with several seeds. */
  run(input: SimRunInput): Promise<void>;
  /** Runs again what the folder of a run holds. */
  replay(folder: string): Promise<SimReplay>;
  /** Looks whether bugs are found that are planted into the engine. */
  selftest(input: SimSelftestInput): Promise<void>;
  /** Looks at everything that can happen in a very small world. */
  explore(input: SimExploreInput): Promise<Exploration>;
  /** Applies up to five events of every causal graph in all orders in which they can be ready. */
  exploreGraphs(onProgress: (progress: WorkProgress) => void): Promise<readonly GraphCount[]>;
  /** Makes a run that failed as small as it can be. */
  shrink(input: SimShrinkInput): Promise<SimShrink>;
  /** Runs a scenario with every combination of some values, and with several seeds each. */
  sweep(input: SimSweepInput): Promise<SimSweep>;
  /** Gathers the runs of parts of a sweep in one folder. */
  merge(input: SimMergeInput): Promise<SimSweep>;
}

export interface SimScenario {
  readonly name: string;
  /** What it hunts, in a sentence. */
  readonly about: string;
}

export interface SimRunInput {
  /** Name of a scenario that comes with the program, or path of a file. */
  readonly scenario: string;
  /** The first seed, of 64 bits; the others follow it. */
  readonly seed: bigint;
  readonly seeds: number;
  /** How many processes run at once. */
  readonly jobs: number;
  /** Ends all that runs; what was not done then is left. */
  readonly signal: AbortSignal;
  /** How many devices; as many as the scenario says when left out. */
  readonly peers?: number;
  readonly mode: RunMode;
  /** What people do in place of what the scenario says: `git:PATH` or `jsonl:FILE`. */
  readonly workload?: string;
  /** Folder to write to; with several seeds one folder below it for each. */
  readonly out?: string;
  /** Version of this program. */
  readonly version: string;
  readonly onProgress: (progress: WorkProgress) => void;
  /** Called after each run, with the folder that it was written to. */
  readonly onOutcome: (outcome: Outcome, folder: string | undefined) => Promise<void>;
}

export interface RealRunInput {
  /** Name of a scenario that comes with the program, or path of a file. */
  readonly scenario: string;
  readonly seed: bigint;
  readonly peers?: number;
  /** As in {@link SimRunInput}. */
  readonly workload?: string;
  /** How the devices speak with each other; all stay on this machine. */
  readonly transport: 'memory' | 'tcp' | 'namespaces';
  readonly signal: AbortSignal;
  readonly onProgress: (progress: WorkProgress) => void;
}

/** What devices came to. */
export interface RealFigures {
  /** The different state digests. */
  readonly digests: readonly string[];
  readonly events: number;
  readonly conflicts: { readonly open: number; readonly closed: number };
  /** Of frames that arrived. */
  readonly bytes: number;
}

/** How much more came to the real devices than to the virtual ones. */
export interface RealBytes {
  /** Negative when it was less. */
  readonly morePercent: number;
  /** What it must not differ by, in percent. */
  readonly morePercentMax: number;
  /** Why it says nothing; left out when it is judged. */
  readonly unjudged?: string;
}

export interface RealReport {
  readonly name: string;
  /** In decimal digits. */
  readonly seed: string;
  readonly transport: RealRunInput['transport'];
  readonly peers: number;
  readonly simulated: RealFigures;
  readonly real: RealFigures;
  readonly bytes: RealBytes;
  /** In what the two differ that must not, a sentence each. */
  readonly problems: readonly string[];
  readonly wallMs: number;
}

export interface SimReplay {
  readonly outcome: Outcome;
  /** Whether the same happened, to the last step. */
  readonly sameTrace: boolean;
}

export interface SimExploreInput {
  readonly scope: Scope;
  /** Most states that are looked at. */
  readonly statesMax: number;
  readonly onProgress: (progress: WorkProgress) => void;
}

export interface SimSelftestInput {
  /** The name of one bug; all of them when left out. */
  readonly bug?: string;
  /** How many seeds each may survive. */
  readonly seeds: number;
  readonly onProgress: (progress: WorkProgress) => void;
  /** Called for each bug, when it is caught or has survived. */
  readonly onBug: (bug: SimBug) => Promise<void>;
}

/** A bug that was planted into the engine. */
export interface SimBug {
  readonly name: string;
  /** What is wrong with the engine then, in a sentence. */
  readonly about: string;
  /** The source file that it is in. */
  readonly file: string;
  /** Runs that it took. */
  readonly runs: number;
  /** What has caught it; null when nothing did. */
  readonly caught: {
    readonly scenario: string;
    /** Each scenario began with seed 1. */
    readonly seed: number;
    readonly invariant: RunViolation['invariant'];
    readonly message: string;
  } | null;
}

export interface SimShrinkInput {
  /** Folder of the run. */
  readonly folder: string;
  /** Folder to write the small run to. */
  readonly out: string;
  /** How many smaller runs are tried at most. */
  readonly budget: number;
  /** Version of this program. */
  readonly version: string;
  /** Ends the search with what was found so far. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: WorkProgress) => void;
}

export interface SimShrink {
  /** Of the small run. */
  readonly outcome: Outcome;
  readonly before: SimPlanSize;
  readonly after: SimPlanSize;
  /** How many smaller runs were tried. */
  readonly runs: number;
  /** Whether nothing more can be left out. */
  readonly isMinimal: boolean;
  /** What the small run was written to. */
  readonly folder: string;
}

/** How many of each there are in what is run; events are those that people write. */
export interface SimPlanSize {
  readonly devices: number;
  readonly links: number;
  readonly faults: number;
  readonly operations: number;
  readonly events: number;
}

export interface SimSweepInput {
  /** Name of a scenario that comes with the program, or path of a file. */
  readonly scenario: string;
  /** The first seed, of 64 bits; the others follow it. */
  readonly seed: bigint;
  /** How many, in place of what the file says. */
  readonly seeds?: number;
  /** Which part of all runs, counted from 1. */
  readonly shard: { readonly number: number; readonly of: number };
  /** How many processes run at once. */
  readonly jobs: number;
  readonly mode: RunMode;
  /** Folder to write to, by the name of the scenario; the runs that it holds are not made again. */
  readonly out: (name: string) => string;
  /** Version of this program. */
  readonly version: string;
  /** Ends the sweep with what is done. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: WorkProgress) => void;
  /** Called after each run, with the folder that it was written to if it failed. */
  readonly onOutcome: (params: SimParams, outcome: Outcome, folder: string | undefined) => Promise<void>;
}

export interface SimMergeInput {
  readonly folders: readonly string[];
  /** Folder to write to. */
  readonly out: string;
}

/** Values of the parameters of a sweep, by their paths. */
export type SimParams = Readonly<Record<string, string | number>>;

/** What a sweep has come to. */
export interface SimSweep {
  readonly name: string;
  readonly parameters: readonly { readonly name: string; readonly values: readonly (string | number)[] }[];
  /** Combinations of values that were run. */
  readonly points: readonly SimPoint[];
  readonly summary: readonly SimSummaryRow[];
  /** Runs that were asked for and not made. */
  readonly left: number;
  readonly folder: string;
}

export interface SimPoint {
  readonly params: SimParams;
  readonly runs: number;
  readonly failed: number;
  readonly unknown: number;
}

/** The median of a metric over all seeds; the interval holds it with 95 %, and is null with too few of them. */
export interface SimSummaryRow {
  readonly params: SimParams;
  readonly metric: string;
  readonly n: number;
  readonly median: number;
  readonly low: number | null;
  readonly high: number | null;
}
