import type { Concern, DrawStream, Draws } from '../draws/index.ts';
import type { Range } from './duration.ts';
import type { Pick } from './parts.ts';

/** Set in every entity that has a name, so that none is the number of a device or a link. */
const NAMED = 0x8000_0000;

/**
 * The draws of something that has a name: of one fault, one writer, one link. Since they follow from the name alone,
 * leaving something out shifts the draws of nothing else.
 */
export const drawsOf = (draws: Draws, concern: Concern, name: string): DrawStream =>
  draws.stream(concern, (hash(name) | NAMED) >>> 0);

/** FNV-1a. */
const hash = (text: string): number => {
  let sum = 0x811c_9dc5;
  for (let i = 0; i < text.length; i += 1) sum = Math.imul(sum ^ text.charCodeAt(i), 0x0100_0193);
  return sum >>> 0;
};

/** Ranges of more values than one draw can tell apart are drawn in such steps first. */
const STEP = 2 ** 20;

/** A value of a range, both ends included. Makes a draw even if there is one value alone. */
export const drawIn = (stream: DrawStream, { from, to }: Range): number => {
  const count = to - from + 1;
  if (count <= 2 ** 32) return from + stream.below(count);
  const high = stream.below(Math.ceil(count / STEP));
  return Math.min(from + high * STEP + stream.below(STEP), to);
};

/** Some of several, in their own order. */
export const drawSome = <Item>(stream: DrawStream, items: readonly Item[], pick: Pick): readonly Item[] => {
  const count = pick === 'all' ? items.length : pick === 'half' ? Math.ceil(items.length / 2) : pick;
  if (count >= items.length) return items;
  const chosen = new Set(stream.shuffled([...items.keys()]).slice(0, count));
  return items.filter((_, i) => chosen.has(i));
};

/** Parts of a number for so many holders, as equal as can be, the larger ones first. */
export const apportion = (total: number, holders: number, index: number): number =>
  Math.floor(total / holders) + (index < total % holders ? 1 : 0);
