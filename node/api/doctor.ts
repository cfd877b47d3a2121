/** Who has to do something: nobody; nobody, as it comes right by itself; `doctor --repair`; a person. */
export type Remedy = 'none' | 'self' | 'repair' | 'person';

export interface DoctorFinding {
  /** Stable. */
  readonly code: string;
  /** What it is about: a part of the home, a log, a device. */
  readonly subject: string;
  readonly message: string;
  readonly remedy: Remedy;
  /** What will happen, or what to do. */
  readonly hint: string;
  readonly origin?: string;
  readonly segment?: number;
}

/** What a repair changes. */
export interface DoctorRepair {
  readonly repair: string;
  readonly message: string;
  /** Whether it was done; false for what a repair would do, or could not do. */
  readonly done: boolean;
  /** What it means for each log, where it means something. */
  readonly details?: readonly string[];
  /** Why it could not be done. */
  readonly failure?: string;
  /** Where the copy is of what was there, where one was needed. */
  readonly copy?: string;
}

export interface DoctorReport {
  /** True when nothing needs a repair or a person. */
  readonly ok: boolean;
  /** What needs somebody soonest comes first. */
  readonly findings: readonly DoctorFinding[];
  readonly repairs: readonly DoctorRepair[];
  /** What was looked at and found well. */
  readonly healthy: readonly { readonly check: string; readonly message: string }[];
  /** What could not be looked at, and why. */
  readonly skipped: readonly { readonly check: string; readonly message: string }[];
}
