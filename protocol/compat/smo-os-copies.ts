import { canonicalText } from '../bytes/index.ts';
import { refuse } from '../fault/index.ts';
import type { SmoOsEvent } from './smo-os-event.ts';

/**
 * Which of two copies of one event to keep; undefined when they differ in content. Copies may differ in the
 * order of their keys, so the choice goes by their text: it must not depend on which copy came first.
 */
export const preferredCopy = (earlier: SmoOsEvent | undefined, later: SmoOsEvent): SmoOsEvent | undefined => {
  if (earlier === undefined) return later;
  const [textA, textB] = [JSON.stringify(earlier.original), JSON.stringify(later.original)];
  if (textA === textB) return earlier;
  if (canonicalText(earlier.original) !== canonicalText(later.original)) return undefined;
  return textA < textB ? earlier : later;
};

/** The refusal of two different events of one id, with the places that hold them. */
export const collision = (id: string, placeA: string, placeB: string) =>
  refuse(
    'id_collision',
    `${placeA} and ${placeB} hold different events of the same id ${JSON.stringify(id.slice(0, 80))}`,
  );
