import type { SyncFrame } from '../../../../protocol/sync/index.ts';
import type { HostileCase } from '../byzantine.ts';
import { frontier, type Scene, told } from '../scene.ts';

/** Claims to hold something, is asked for it, and has nothing. */
const claimant = (claim: (scene: Scene) => SyncFrame): HostileCase['attack'] => {
  return async (scene) => {
    const stream = await scene.greeted();
    stream.send({ type: 'frontier', entries: [], arrivals: 0, last: true }, claim(scene));
    const { want } = await stream.frame('want');
    stream.send({ type: 'want-end', want });
    await scene.arena.reasoned(scene.intruder.name, /says that it holds more of log .* than it sends/);
  };
};

/** Cases of claims about who holds what. Who does not deliver may be late, so there is no strike. */
export const FRONTIER_CASES: readonly HostileCase[] = [
  {
    kind: 'false frontiers',
    title: 'claims to have written what it has not',
    attack: claimant(({ intruder }) => frontier(told(intruder.origin, 1_000))),
  },
  {
    kind: 'false frontiers',
    title: 'claims to hold more of the log of the device that it speaks with than that has written',
    attack: claimant(({ victimLog }) => frontier(told(victimLog, 1_000))),
  },
  {
    kind: 'false frontiers',
    title: 'claims the largest position that can be said',
    attack: claimant(({ intruder }) =>
      frontier(told(intruder.origin, 2 ** 53 - 1, { segment: 2 ** 32 - 1, events: 1_024 })),
    ),
  },
];
