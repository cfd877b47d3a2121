/** What one round has measured, by the names of the figures. */
export type Figures = Readonly<Record<string, number>>;

/** One of several things that are measured side by side. */
export interface Subject {
  readonly name: string;
  readonly aim?: Aim;
  /** One round, from a fresh start: nothing that an earlier one has left may help or hinder it. */
  measure(): Promise<Figures>;
}

/** What a subject is meant to keep to. */
export interface Aim {
  readonly text: string;
  /** @param medians of its figures */
  held(medians: Figures): boolean;
}

/** How a figure is shown. */
export interface FigureColumn {
  readonly key: string;
  /** With its unit. */
  readonly title: string;
  /** Digits after the point; none when left out. */
  readonly digits?: number;
}

/** What a figure of every subject is divided by: the same figure of one of them. */
export interface RatioColumn {
  readonly figure: string;
  readonly of: string;
}

/** Subjects that do the same work, so that their figures can be compared. */
export interface Group {
  readonly title: string;
  readonly figures: readonly FigureColumn[];
  readonly ratios: readonly RatioColumn[];
  readonly subjects: readonly Subject[];
}
