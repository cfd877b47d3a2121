import { countText, shellWord } from '../format.ts';
import type { Session } from '../session.ts';
import type { SimPlanSize, SimShrink } from '../simulator.ts';
import { outcomeText } from './simulation-view.ts';

const PARTS: readonly (keyof SimPlanSize)[] = ['devices', 'links', 'faults', 'operations', 'events'];

/** What became of a run that was made smaller. */
export const shrunkText = (
  session: Session,
  { outcome, before, after, runs, isMinimal, folder }: SimShrink,
): string => {
  const sizes = PARTS.map((part) => `${part} ${before[part]} -> ${after[part]}`).join(', ');
  const end = isMinimal
    ? 'Without any more of it, it does not fail like this.'
    : 'There may be more to leave out: look on with a larger --budget.';
  return [
    outcomeText(session, outcome),
    `Left of it after ${countText(runs, 'run')}: ${sizes}. ${end}`,
    `Replay it:  smo sim replay ${shellWord(folder)}`,
  ].join('\n');
};
