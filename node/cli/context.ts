import type { JsonObject } from '../../protocol/bytes/index.ts';
import type { EventDraft } from '../../protocol/event/index.ts';
import type { DoctorReport, EvidenceReport, NodeApi, ReachInput, RebuildListener } from '../api/index.ts';
import type { RealReport, RealRunInput, Simulator } from './simulator.ts';
import type { WorkProgress } from './work-progress.ts';

/** What the commands need of the device; failures are SmoErrors. */
export interface CliHost {
  /**
   * Opens the home for one command: through the control socket when a device runs on it, else in this process, where its
   * state may have to be made anew before.
   */
  open(home: string, onRebuild: RebuildListener): Promise<OpenedHome>;
  /** Makes a home with a new device, the founder of a new space. */
  init(home: string, input: InitInput): Promise<InitResult>;
  /** Makes a home with a new device that joins the space of a ticket. */
  join(home: string, input: JoinInput): Promise<JoinResult>;
  /** Runs the device until the signal aborts; resolves after a clean stop. */
  up(home: string, input: UpInput): Promise<void>;
  /** Looks at everything that can be wrong with the device of a home, which need not open; `repair` mends it, and `giveUp` waits for nobody. */
  doctor(home: string, input: DoctorInput): Promise<DoctorReport>;
  /** What this device wrote that a repair has cut off, and that can still be read. */
  lost(home: string): Promise<readonly EventDraft[]>;
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

export interface DoctorInput {
  readonly repair: boolean;
  readonly giveUp: boolean;
  /** The state is made anew to hold the stored one against it. */
  readonly onRebuild: RebuildListener;
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
   * @throws OutputClosed when nobody reads any more
   * @throws OutputRefused when the system does not take it
   */
  write(text: string): Promise<void>;
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
