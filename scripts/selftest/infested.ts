import { loadChanged, type ModuleChange } from '../../node/simulator/index.ts';
import { type RunCrypto, withOpenFields } from '../../simulations/index.ts';
import { type PlantedBug, planted } from './planted-bug.ts';

/** The project with one bug in it: modules of their own, which share nothing with those that are sound. */
export interface Infested {
  readonly simulations: typeof import('../../simulations/index.ts');
  readonly machine: RunCrypto;
}

/**
 * Loads the simulator and the engine in it, with a bug planted while the source is read: no file is changed.
 * @param isOpen whether an exploration can read what the engine holds
 */
export const infested = async (bug: PlantedBug, isOpen = false): Promise<Infested> => {
  let isPlanted = false;
  const change: ModuleChange = {
    name: isOpen ? `${bug.name}-open` : bug.name,
    apply(source, file) {
      const isTarget = bug.file === `${file}.ts`;
      isPlanted ||= isTarget;
      const changed = isTarget ? planted(bug, source) : source;
      return isOpen ? withOpenFields(changed) : changed;
    },
  };
  const [simulations, { machine }] = [
    await loadChanged<Infested['simulations']>('simulations/index', change),
    await loadChanged<Pick<Infested, 'machine'>>('node/simulator/machine', change),
  ];
  if (!isPlanted) throw new RangeError(`the simulator does not load ${bug.file}`);
  return { simulations, machine };
};
