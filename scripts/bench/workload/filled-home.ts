import { cp, lstat } from 'node:fs/promises';
import { initDevice, openDevice } from '../../../node/index.ts';
import { type HomePlace, homeIn } from '../../home-place.ts';
import { batchesOf, noteDrafts } from './notes.ts';

/** Makes a device that has written so many events. */
export const fillHome = async (folder: string, events: number, entities: number): Promise<HomePlace> => {
  const place = homeIn(folder);
  await initDevice(place.home, { name: 'writer', spaceName: 'bench' }, place.env);
  const { api, close } = await openDevice(place.home, place.env);
  for (const drafts of batchesOf(noteDrafts(events, entities))) await api.append({ drafts });
  await close();
  return place;
};

/** The same home once more: each round begins with what the first one began with. */
export const copyHome = async (from: string, to: string): Promise<HomePlace> => {
  // A process that was ended leaves its control socket behind, which is no file.
  const filter = async (path: string): Promise<boolean> => !(await lstat(path)).isSocket();
  await cp(from, to, { recursive: true, filter });
  return homeIn(to);
};
