import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { initDevice, openDevice } from '../../../node/index.ts';
import { batchesOf, noteDrafts } from './notes.ts';

/** A home, and what is kept beside it. */
export interface BenchHome {
  readonly home: string;
  readonly env: { readonly SMO_STATE_HOME: string };
}

/** The home in a folder, whether it is there already or not. */
export const homeIn = (folder: string): BenchHome => ({
  home: join(folder, 'home'),
  env: { SMO_STATE_HOME: join(folder, 'state') },
});

/** Makes a device that has written so many events. */
export const fillHome = async (folder: string, events: number, entities: number): Promise<BenchHome> => {
  const place = homeIn(folder);
  await initDevice(place.home, { name: 'writer', spaceName: 'bench' }, place.env);
  const { api, close } = await openDevice(place.home, place.env);
  for (const drafts of batchesOf(noteDrafts(events, entities))) await api.append({ drafts });
  await close();
  return place;
};

/** The same home once more: each round begins with what the first one began with. */
export const copyHome = async (from: string, to: string): Promise<BenchHome> => {
  await cp(from, to, { recursive: true });
  return homeIn(to);
};
