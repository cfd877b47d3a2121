import type { JsonObject } from '../../protocol/bytes/index.ts';
import type {
  Exploration,
  GraphCount,
  Outcome,
  RunMode,
  RunViolation,
  Scope,
} from '../../simulations/index.ts';
import type { DoctorReport, EvidenceReport, NodeApi, ReachInput } from '../api/index.ts';

/** What the commands need of the device; failures are SmoErrors. */
export interface CliHost {
  /** Opens the home for one command: through the control socket when a device runs on it, else in this process. */
  open(home: string): Promise<OpenedHome>;
  /** Makes a home with a new device, the founder of a new space. */
  init(home: string, input: InitInput): Promise<InitResult>;
  /** Makes a home with a new device that joins the space of a ticket. */
  join(home: string, input: JoinInput): Promise<JoinResult>;
  /** Runs the device until the signal aborts; resolves after a clean stop. */
  up(home: string, input: UpInput): Promise<void>;
  /** Looks at everything that can be wrong with the device of a home, which need not open; `repair` mends it. */
  doctor(home: string, input: { readonly repair: boolean }): Promise<DoctorReport>;
  /** Verifies a Smo.OS 0.2.1 data folder, without writing to it. */
  verifySmoOs(folder: string): Promise<SmoOsReport>;
  /** Verifies the text of a file that is said to prove a fork. */
  verifyEvidence(text: string): Promise<EvidenceReport>;
  /** Merges Smo.OS 0.1 files and projects what they say. */
  projectSmoOs(files: readonly string[]): Promise<SmoOsProjection>;
  /** Runs a folder of conformance cases. */
  conformance(folder: string): Promise<ConformanceReport>;
  /** Runs several devices on this machine through a history, and compares them in the end. */
  demo(input: DemoInput): Promise<DemoReport>;
  /** Loads the simulator. */
  simulator(): Promise<Simulator>;
  /** Runs a scenario in the simulator and on real devices, and compares the two. */
  simReal(input: RealRunInput): Promise<RealReport>;
}

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
  /** How many processes run at once; with one, this process does all. */
  readonly jobs: number;
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

export interface OpenedHome {
  readonly api: NodeApi;
  /** Lets go of the home; called exactly once, also after a failure. */
  close(): Promise<void>;
}

export interface InitInput {
  /** Name of the device. */
  readonly name: string;
  readonly spaceName: string;
}

export interface InitResult {
  readonly space: string;
  readonly device: string;
  readonly origin: string;
}

export interface JoinInput {
  readonly ticket: string;
  /** Name of the device. */
  readonly name: string;
  readonly timeoutMs: number;
}

export interface JoinResult extends InitResult {
  /** Name of the device. */
  readonly name: string;
  /** Whether everything that the inviter holds has been received already. */
  readonly synced: boolean;
}

export interface UpInput {
  /** Multiaddrs to listen on; empty for the defaults. */
  readonly listen: readonly string[];
  readonly mdns: boolean;
  /** Multiaddrs to dial at the start. */
  readonly dial: readonly string[];
  readonly reach: ReachInput;
  readonly signal: AbortSignal;
  /** Called once, when the device listens. */
  readonly onReady: (info: UpInfo) => void;
  /** One line for people about what happens. */
  readonly log: (line: string) => void;
}

export interface UpInfo {
  readonly device: string;
  readonly addresses: readonly string[];
  /** Path of the control socket. */
  readonly socket: string;
}

export interface SmoOsReport {
  readonly ok: boolean;
  readonly segments: number;
  readonly events: number;
  readonly findings: readonly { readonly code: string; readonly message: string }[];
}

export interface SmoOsProjection {
  /** The conformance view. */
  readonly view: JsonObject;
  /** Merged events. */
  readonly count: number;
}

export interface ConformanceReport {
  readonly ok: boolean;
  readonly cases: readonly {
    readonly name: string;
    readonly ok: boolean;
    /** What differs; absent when the case passed. */
    readonly message?: string;
  }[];
}

export interface DemoInput {
  /** Absolute path of the git repository to play; absent: the one around the working folder, or a made one. */
  readonly git?: string;
  readonly devices: number;
  /** Absolute path of a folder that keeps the homes; absent: they are thrown away. */
  readonly keep?: string;
  /** Kill each device once on the way. */
  readonly crash: boolean;
  /** Words that start this program, to which arguments are added: how the demo starts its devices. */
  readonly command: readonly string[];
  readonly signal: AbortSignal;
  readonly onProgress: (progress: WorkProgress) => void;
}

/** How far something that takes its time has come. */
export interface WorkProgress {
  /** What is being done, in a few words. */
  readonly phase: string;
  readonly done: number;
  /** What `done` will be at the end. */
  readonly total: number;
}

export interface DemoReport {
  readonly ok: boolean;
  /** What happened, in order, for people. */
  readonly story: readonly string[];
  /** What was played, for people: a path or "a made repository". */
  readonly source: string;
  readonly commits: number;
  readonly events: number;
  readonly segments: number;
  readonly bytesMoved: number;
  readonly conflictsClosed: number;
  /** Whether all devices have the same digest. */
  readonly converged: boolean;
  /** Whether the state equals `git ls-tree -r HEAD`. */
  readonly stateEqualsGit: boolean;
  readonly durationMs: number;
  readonly devices: readonly DemoDevice[];
  /** How the two sides of a partition differed, and what became of it. */
  readonly partition: DemoPartition;
}

export interface DemoPartition {
  /** Entity and field that both sides wrote, for people. */
  readonly field: string;
  /** While the devices were apart. */
  readonly sides: readonly DemoSide[];
  /** When they were together again and the conflict was resolved. */
  readonly healed: DemoSide;
}

/** What some devices agree on. */
export interface DemoSide {
  readonly devices: readonly string[];
  readonly events: number;
  readonly digest: string;
  /** Value of the field. */
  readonly value: string;
}

export interface DemoDevice {
  readonly name: string;
  readonly device: string;
  readonly events: number;
  readonly segments: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly digest: string;
  /** Whether `smo verify` found nothing wrong. */
  readonly verified: boolean;
}

/** Where text goes. */
export interface Sink {
  /**
   * Resolves when the text has left this process, so that a slow reader holds the writer up and nothing is cut.
   *
   * @throws OutputClosed when nobody reads any more.
   */
  write(text: string): Promise<void>;
}

/** The reader of our output has gone (EPIPE): nothing went wrong, there is just nobody left to tell. */
export class OutputClosed extends Error {
  override readonly name = 'OutputClosed';
}

/** The process around the program; tests bring their own. */
export interface CliIo {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly stdout: Sink;
  readonly stderr: Sink;
  /** Whether text on stdout may carry colour. */
  readonly colour: boolean;
  /** Columns of the terminal, for the help. */
  readonly columns: number;
  /** The terminal behind stderr, for progress; undefined when there is none. */
  readonly terminal: NodeJS.WritableStream | undefined;
  /** Home folder of the user. */
  readonly userFolder: string;
  readonly hostName: string;
  /** Words that start this program. */
  readonly command: readonly string[];
  randomUuid(): string;
  /** Calls the handler for each SIGINT and SIGTERM until the returned function is called. */
  onSignal(handler: (signal: InterruptSignal) => void): () => void;
  /** Ends the process at once. */
  exitNow(code: number): void;
}

export type InterruptSignal = 'SIGINT' | 'SIGTERM';
