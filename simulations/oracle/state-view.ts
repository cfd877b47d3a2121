import {
  canonicalText,
  compareStrings,
  type JsonObject,
  type JsonValue,
} from '../../protocol/bytes/index.ts';

/** A register: the writes that no other write has seen, in total order, and the value of the last of them. */
export interface RegisterView {
  readonly entityId: string;
  readonly field: string;
  readonly value: JsonValue;
  readonly heads: readonly { readonly id: string; readonly value: JsonValue }[];
}

/** One write to a register. */
export interface WriteView {
  readonly id: string;
  readonly field: string;
}

export interface OpenConflictView {
  readonly entityId: string;
  readonly field: string;
  readonly candidates: readonly string[];
  readonly winner: string;
}

export interface ClosedConflictView {
  readonly entityId: string;
  readonly field: string;
  readonly candidates: readonly string[];
  readonly closedBy: string;
  readonly kind: 'resolved' | 'superseded';
  readonly chosen?: string;
}

export interface InvalidResolutionView {
  readonly entityId: string;
  readonly field: string;
  readonly id: string;
}

export interface RelationView {
  readonly entityId: string;
  readonly relation: string;
  readonly additions: readonly { readonly id: string; readonly payload: JsonObject }[];
}

export interface MetricView {
  readonly entityId: string;
  readonly id: string;
  readonly payload: JsonObject;
}

/** Everything that a projection states, in an order that depends on the contents alone. */
export interface StateView {
  readonly entities: readonly string[];
  readonly registers: readonly RegisterView[];
  readonly writes: readonly WriteView[];
  readonly openConflicts: readonly OpenConflictView[];
  readonly closedConflicts: readonly ClosedConflictView[];
  readonly invalidResolutions: readonly InvalidResolutionView[];
  readonly relations: readonly RelationView[];
  readonly metrics: readonly MetricView[];
}

/** How much a projection holds: events that count, and those that are listed and do not. */
export interface CountsView {
  readonly events: number;
  readonly entities: number;
  readonly openConflicts: number;
  readonly closedConflicts: number;
  readonly invalidResolutions: number;
  readonly excluded: number;
}

/** The counts that belong to a view. */
export const countsOfView = (view: StateView, events: number, excluded = 0): CountsView => ({
  events,
  entities: view.entities.length,
  openConflicts: view.openConflicts.length,
  closedConflicts: view.closedConflicts.length,
  invalidResolutions: view.invalidResolutions.length,
  excluded,
});

/** Sorts views by their own canonical JSON. */
export const inOrder = <T extends object>(views: readonly T[]): readonly T[] =>
  views
    .map((view) => [canonicalText(view as unknown as JsonValue), view] as const)
    .sort(([a], [b]) => compareStrings(a, b))
    .map(([, view]) => view);
