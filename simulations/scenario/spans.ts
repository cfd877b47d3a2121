import type { Deceit, DiskIll, Fault, Scramble } from '../plan/index.ts';

/** From a time up to another, that left out; what never ends goes up to infinity. */
export interface Span {
  readonly fromUs: number;
  readonly toUs: number;
}

/** What lasts: a direction of a link that is blocked or clogged, a device that is down, is ill, or deceives. */
export type State =
  | { readonly type: 'block' | 'clog'; readonly from: number; readonly to: number }
  | ({ readonly type: 'scramble'; readonly from: number; readonly to: number } & Scramble)
  | { readonly type: 'crash'; readonly device: number; readonly torn?: boolean }
  | { readonly type: 'wipe'; readonly device: number }
  | { readonly type: 'ail'; readonly device: number; readonly ill: DiskIll; readonly ppm: number }
  | { readonly type: 'deceive'; readonly device: number; readonly deceit: Deceit; readonly ppm: number };

interface Held extends Span {
  readonly state: State;
}

/**
 * States that several faults can bring about at once. A direction is free again, and a device up again, when the
 * last of them has ended: an action that ends one never ends another that still lasts.
 */
export class Spans {
  readonly #held = new Map<string, Held[]>();

  add(state: State, span: Span): void {
    const key = keyOf(state);
    const held = this.#held.get(key) ?? [];
    if (held.length === 0) this.#held.set(key, held);
    held.push({ state, ...span });
  }

  /** Actions that begin and end all states, in no order. */
  faults(): readonly Fault[] {
    return [...this.#held.values()].flatMap(actions);
  }
}

const keyOf = (state: State): string => {
  switch (state.type) {
    case 'block':
    case 'clog':
    case 'scramble':
      return `${state.type} ${state.from} ${state.to}`;
    case 'ail':
      return `ill ${state.device} ${state.ill}`;
    case 'deceive':
      return `deceit ${state.device} ${state.deceit}`;
    default:
      return `device ${state.device}`;
  }
};

const actions = (held: readonly Held[]): readonly Fault[] => {
  const faults: Fault[] = [];
  let last: Held | undefined;
  // Of what begins at one time a wipe comes first: it takes the device down as well.
  for (const next of held.toSorted((a, b) => a.fromUs - b.fromUs || rank(a.state) - rank(b.state))) {
    const isFree = last === undefined || next.fromUs > last.toUs;
    if (last !== undefined && isFree) faults.push(end(last));
    if (isFree || next.state.type === 'wipe') faults.push({ atUs: next.fromUs, ...next.state });
    if (isFree || last === undefined || next.toUs > last.toUs) last = next;
  }
  if (last !== undefined && last.toUs !== Number.POSITIVE_INFINITY) faults.push(end(last));
  return faults;
};

const rank = ({ type }: State): number => (type === 'wipe' ? 0 : 1);

const end = ({ state, toUs }: Held): Fault => {
  switch (state.type) {
    case 'block':
      return { atUs: toUs, type: 'unblock', from: state.from, to: state.to };
    case 'clog':
      return { atUs: toUs, type: 'unclog', from: state.from, to: state.to };
    case 'scramble':
      return { atUs: toUs, type: 'unscramble', from: state.from, to: state.to };
    case 'ail':
      return { atUs: toUs, type: 'recover', device: state.device, ill: state.ill };
    case 'deceive':
      return { atUs: toUs, type: 'behave', device: state.device, deceit: state.deceit };
    default:
      return { atUs: toUs, type: 'start', device: state.device };
  }
};
