import type { Engine } from '../../protocol/engine/index.ts';
import type { PlacedEvent } from '../../protocol/event/index.ts';
import { viewOfMembership } from '../../simulations/checks/index.ts';
import type { ReplicaView, SeqByLog } from '../../simulations/oracle/index.ts';
import type { WorldDevice } from './world-device.ts';

/** What an engine says, in the form in which the oracle says what it should. */
export const viewOf = ({ engine }: WorldDevice, events: readonly PlacedEvent[]): ReplicaView => {
  const logs = [...new Set(events.map(({ origin }) => origin))];
  return {
    digest: engine.replica.digest.toHex(),
    counts: engine.replica.counts,
    membership: viewOfMembership(engine.membership, logs, events),
    forks: forksOf(engine),
    applied: sorted([...engine.replica.applied()].filter(([, seq]) => seq > 0)),
  };
};

/** The forks that an engine knows. */
export const forksOf = (engine: Engine): SeqByLog =>
  sorted([...engine.forks()].map(({ origin, seq }) => [origin, seq] as const));

const sorted = (entries: readonly (readonly [string, number])[]): SeqByLog =>
  Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
