import type { Status } from '../api/index.ts';
import { shortId } from './short-id.ts';

/** Tells which device an origin belongs to, in words that people know. */
export type NameOrigin = (origin: string) => string;

/**
 * Names devices by what they are called in the space; those of one name are told apart by their ids, and
 * without a status all are called by their ids.
 */
export const originNames = (status: Status | undefined): NameOrigin => {
  if (status === undefined) return shortId;
  const names = new Map([[status.device, status.name]]);
  for (const { device, name } of [...status.peers, ...status.former]) names.set(device, name);
  const bearers = new Map<string, number>();
  for (const name of names.values()) bearers.set(name, (bearers.get(name) ?? 0) + 1);
  return (origin) => {
    const dot = origin.lastIndexOf('.');
    const device = dot === -1 ? origin : origin.slice(0, dot);
    const name = names.get(device);
    if (name === undefined) return shortId(device);
    return bearers.get(name) === 1 ? name : `${name} (${shortId(device)})`;
  };
};
