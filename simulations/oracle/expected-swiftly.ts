import type { PlacedEvent } from '../../protocol/event/index.ts';
import { deviceIn } from './control-statement.ts';
import type { ReplicaView } from './expected-state.ts';
import { digestOfView, type SeqByLog } from './naive-fold.ts';
import { takeReady } from './ready-order.ts';
import { SeenVectors } from './seen-vectors.ts';
import { countsOfView, type StateView } from './state-view.ts';
import { foldInOrder } from './swift-fold.ts';
import { SwiftMembership } from './swift-membership.ts';

/**
 * What {@link expectedView} says, for sets of tens of thousands of events, and the state that belongs to it.
 *
 * @param genesis the first event of the space
 * @param own the device that holds them: its own logs need nobody who has added it
 */
export const expectedSwiftly = (
  genesis: PlacedEvent,
  held: readonly PlacedEvent[],
  forks: SeqByLog,
  own?: string,
): { readonly view: ReplicaView; readonly state: StateView } => {
  const vectors = new SeenVectors(forks);
  const members = new SwiftMembership(genesis, vectors);
  const isKnown = (log: string): boolean => deviceIn(log) === own || members.isAccepted(log);
  const known = takeReady(held, { forks, vectors, isKnown, take: (event) => members.take(event) });
  const logs = [...new Set(held.map(({ origin }) => origin))].sort();
  const membership = members.view(logs);
  const counted = known.filter(({ origin, seq }) => {
    const limit = membership.logs[origin]?.limit;
    return typeof limit !== 'number' || seq <= limit;
  });
  const state = foldInOrder(counted, vectors);
  const lengths = logs.map((log) => [log, vectors.length(log)] as const).filter(([, seq]) => seq > 0);
  const view = {
    digest: digestOfView(state),
    counts: countsOfView(state, counted.length, known.length - counted.length),
    membership,
    forks,
    applied: Object.fromEntries(lengths),
  };
  return { view, state };
};
