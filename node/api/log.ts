import type { JsonObject } from '../../protocol/bytes/index.ts';

export interface EventView {
  readonly id: string;
  readonly origin: string;
  readonly seq: number;
  readonly timestamp: number;
  /** The effective seen vector. */
  readonly seen: Readonly<Record<string, number>>;
  readonly type: string;
  readonly entityId: string;
  readonly payload: JsonObject;
  readonly actor?: string;
  readonly source?: JsonObject;
  /** Set when the timestamp lies more than a day ahead of this device's clock: one of the two clocks is wrong. */
  readonly farFuture?: true;
  /** Set when it does not count: it is kept, and has no effect on anything. */
  readonly excluded?: true;
}

export interface Appended {
  readonly events: readonly {
    readonly id: string;
    readonly origin: string;
    readonly seq: number;
    readonly entityId: string;
  }[];
}

export interface LogInput {
  readonly follow: boolean;
  /** Show only the last so many events; all when absent. */
  readonly last?: number;
}

export interface Sealed {
  readonly segments: readonly {
    readonly origin: string;
    readonly segment: number;
    readonly events: number;
    readonly root: string;
  }[];
}

export interface VerifyFinding {
  readonly code: string;
  readonly message: string;
  readonly origin?: string;
  readonly segment?: number;
  readonly seq?: number;
}

export interface VerifyReport {
  readonly ok: boolean;
  readonly logs: number;
  readonly segments: number;
  readonly events: number;
  /** State digest; null when the store is too damaged to derive a state from it. */
  readonly digest: string | null;
  readonly findings: readonly VerifyFinding[];
}

export type ExportFormat = 'jsonl' | 'smo-os';

/** What to import: the text of a Smo.OS 0.1 file or 0.3.0 bundle, or a git repository by absolute path. */
export type ImportInput =
  | { readonly kind: 'smo-os'; readonly name: string; readonly text: string }
  | { readonly kind: 'git'; readonly path: string };

export interface Imported {
  /** Events appended now. */
  readonly imported: number;
  /** Events that were here already. */
  readonly known: number;
  readonly logs: number;
  /**
   * Events that earlier imports had seen already, and that come only now: logs cannot be amended, so they stand
   * beside those as concurrent. Importing all files of a history at once avoids them.
   */
  readonly late: number;
  /** Control events of a space: they mean nothing elsewhere, and a file must not change who belongs to this one. */
  readonly skipped: number;
}
