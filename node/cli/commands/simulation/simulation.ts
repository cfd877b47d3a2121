import type { Command } from 'commander';
import { addCommand } from '../../command-line.ts';
import type { Session } from '../../session.ts';
import { addExplore } from './explore.ts';
import { addList } from './list.ts';
import { addReal } from './real.ts';
import { addReplay } from './replay.ts';
import { addRun } from './run.ts';
import { addSelftest } from './selftest.ts';
import { addShrink } from './shrink.ts';
import { addMerge, addSweep } from './sweep.ts';

/** `sim list|run|replay|shrink|sweep|merge|explore|selftest|real`: worlds of virtual devices, from one seed. */
export const addSimulationCommands = (program: Command, session: Session): void => {
  const sim = addCommand(program, 'sim', {
    group: 'Research:',
    summary: 'simulate many devices in trouble, from one seed, and check that they come to the same state',
    description:
      'Runs virtual devices, each of which is the engine of a real one, in a world of virtual time: what goes wrong there follows from a scenario and a seed, and the same seed brings the same run on any machine. While it runs, what must always hold is checked.',
    examples: ['sim list', 'sim run even-split --seeds 20', 'sim run my-scenario.yaml --seed 7 --out run'],
  });
  addList(sim, session);
  addRun(sim, session);
  addReplay(sim, session);
  addShrink(sim, session);
  addSweep(sim, session);
  addMerge(sim, session);
  addExplore(sim, session);
  addSelftest(sim, session);
  addReal(sim, session);
};
