import {
  Engine,
  type EngineImage,
  type EngineOptions,
  type RecordStore,
  readEngineImage,
  type StateStore,
} from '../../protocol/engine/index.ts';
import { isDamage } from './damage.ts';

/** Opens an engine on what its stores hold; undefined where they cannot be read. */
export const openEngine = async (
  options: Omit<EngineOptions, 'image' | 'records' | 'state'> & {
    readonly records: RecordStore;
    readonly state: StateStore;
  },
): Promise<{ readonly engine: Engine; readonly image: EngineImage } | undefined> => {
  try {
    const image = await readEngineImage(options.records, options.state);
    return { engine: new Engine({ ...options, image }), image };
  } catch (error) {
    if (isDamage(error)) return undefined;
    throw error;
  }
};
