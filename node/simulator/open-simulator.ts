import { withOpenFields } from '../../simulations/index.ts';
import { loadChanged } from './changed-modules.ts';

type Simulations = typeof import('../../simulations/index.ts');

/** The simulator with the engine that ships, of which an exploration can read what it holds. */
export const openSimulator = (): Promise<Simulations> =>
  loadChanged<Simulations>('simulations/index', { name: 'open', apply: withOpenFields });
