import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { RunCrypto } from '../../simulations/index.ts';
import { type PlantedBug, planted } from './planted-bug.ts';

const ROOT = pathToFileURL(join(import.meta.dirname, '../../')).href;

/** Names the bug with which a module was loaded. */
const MARK = 'bug';

/** The project with one bug in it: modules of their own, which share nothing with those that are sound. */
export interface Infested {
  readonly simulations: typeof import('../../simulations/index.ts');
  readonly machine: RunCrypto;
}

/** Loads the simulator and the engine in it, with a bug planted while the source is read: no file is changed. */
export const infested = async (bug: PlantedBug): Promise<Infested> => {
  const target = new URL(bug.file, ROOT).href;
  let isPlanted = false;
  const hooks = registerHooks({
    // Whatever a marked module imports of the project is marked too.
    resolve(specifier, context, next) {
      const found = next(specifier, context);
      const mark = context.parentURL === undefined ? null : new URL(context.parentURL).searchParams.get(MARK);
      const isOurs = found.url.startsWith(ROOT) && !found.url.includes('/node_modules/');
      return mark === null || !isOurs ? found : { ...found, url: marked(found.url, mark) };
    },
    load(url, context, next) {
      const loaded = next(url, context);
      if (url !== marked(target, bug.name)) return loaded;
      isPlanted = true;
      return { ...loaded, source: planted(bug, textOf(loaded.source)) };
    },
  });
  try {
    const [simulations, { machine }] = await Promise.all([
      load<Infested['simulations']>('simulations/index.ts', bug.name),
      load<Pick<Infested, 'machine'>>('node/simulator/machine.ts', bug.name),
    ]);
    if (!isPlanted) throw new RangeError(`the simulator does not load ${bug.file}`);
    return { simulations, machine };
  } finally {
    hooks.deregister();
  }
};

const load = <Module>(file: string, bug: string): Promise<Module> =>
  import(marked(new URL(file, ROOT).href, bug)) as Promise<Module>;

const marked = (url: string, bug: string): string => `${url}?${MARK}=${bug}`;

const textOf = (source: string | ArrayBuffer | NodeJS.TypedArray | undefined): string =>
  typeof source === 'string' ? source : new TextDecoder().decode(source);
