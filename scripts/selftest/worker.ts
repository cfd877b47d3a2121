/** Run as a thread of its own by `smo sim selftest`: hunts the planted bugs, and tells what it finds. */
import { parentPort, workerData } from 'node:worker_threads';
import type { SelftestMessage, SelftestOrder } from '../../node/simulator/index.ts';
import { hunt } from './hunt.ts';
import { PLANTED_BUGS } from './planted-bugs.ts';

const { bug: asked, seeds } = workerData as SelftestOrder;
const tell = (message: SelftestMessage): void => parentPort?.postMessage(message);

const bugs = asked === undefined ? PLANTED_BUGS : PLANTED_BUGS.filter(({ name }) => name === asked);
if (bugs.length === 0) tell({ type: 'no-such-bug', bugs: PLANTED_BUGS.map(({ name }) => name) });
for (const [done, bug] of bugs.entries()) {
  const total = bugs.length;
  const found = await hunt(bug, seeds, (seed) => {
    tell({ type: 'progress', progress: { phase: `${bug.name}, seed ${seed}`, done, total } });
  });
  tell({ type: 'bug', bug: found });
}
