import { countText } from '../format.ts';
import { paint, type Session } from '../session.ts';
import type { SimBug } from '../simulator.ts';
import { tableText } from '../table.ts';

/** Which planted bug was caught by what, and after how many seeds. */
export const selftestText = async (
  session: Session,
  bugs: readonly SimBug[],
  seeds: number,
): Promise<string> => {
  const rows = bugs.map(({ name, caught }) =>
    caught === null
      ? [name, 'none', String(seeds), 'survived']
      : [name, caught.scenario, String(caught.seed), caught.invariant],
  );
  const table = await tableText(['bug', 'scenario', 'seeds', 'caught by'], rows);
  return `${table}\n\n${verdict(session, bugs)}`;
};

const verdict = (session: Session, bugs: readonly SimBug[]): string => {
  const blind = bugs.filter(({ caught }) => caught === null);
  if (blind.length === 0)
    return paint(session, 'green', `${countText(bugs.length, 'planted bug')}, all caught`);
  const text = `${blind.length} of ${countText(bugs.length, 'planted bug')} survived:`;
  const lines = blind.map(({ name, about, file }) => `  ${name}: ${about} (${file})`);
  return [paint(session, 'red', text), ...lines].join('\n');
};
