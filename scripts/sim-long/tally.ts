import { tableText } from '../../node/cli/table.ts';
import type { Goal, Outcome } from '../../simulations/index.ts';

/** What a run came to, as far as it matters here. */
export type Result = Pick<Outcome, 'verdict' | 'missed' | 'peakMemoryBytes' | 'wallMs'>;

interface Count {
  readonly verdicts: Record<Result['verdict'], number>;
  readonly missed: Map<Goal, number>;
  /** Runs that came to an end. */
  ended: number;
  wallMs: number;
  peakMemoryBytes: number;
}

/** What came of all runs so far, scenario by scenario. */
export class Tally {
  readonly #counts = new Map<string, Count>();

  add(scenario: string, { verdict, missed, wallMs, peakMemoryBytes }: Result): void {
    const count = this.#countOf(scenario);
    count.verdicts[verdict] += 1;
    count.ended += 1;
    for (const goal of missed) count.missed.set(goal, 1 + (count.missed.get(goal) ?? 0));
    count.wallMs += wallMs;
    count.peakMemoryBytes = Math.max(count.peakMemoryBytes, peakMemoryBytes);
  }

  /** A run that came to no end has failed. */
  addBroken(scenario: string): void {
    this.#countOf(scenario).verdicts.fail += 1;
  }

  /** Runs of all scenarios with this verdict. */
  of(verdict: Result['verdict']): number {
    return [...this.#counts.values()].reduce((sum, { verdicts }) => sum + verdicts[verdict], 0);
  }

  get runs(): number {
    return this.of('pass') + this.of('unknown') + this.of('fail');
  }

  /** A line for each scenario, by name. */
  table(): Promise<string> {
    const rows = [...this.#counts].toSorted(([a], [b]) => (a < b ? -1 : 1));
    return tableText(
      ['scenario', 'runs', 'pass', 'unknown', 'fail', 's a run', 'MB at most', 'goals missed'],
      rows.map(([name, { verdicts, missed, ended, wallMs, peakMemoryBytes }]) => {
        const { pass, unknown, fail } = verdicts;
        const runs = pass + unknown + fail;
        const goals = [...missed].map(([goal, count]) => `${goal} ${count}`).join(', ');
        const each = ended === 0 ? '-' : (wallMs / ended / 1_000).toFixed(2);
        const figures = [runs, pass, unknown, fail, each];
        return [name, ...figures.map(String), (peakMemoryBytes / 1_000_000).toFixed(0), goals];
      }),
    );
  }

  #countOf(scenario: string): Count {
    const count = this.#counts.get(scenario) ?? newCount();
    this.#counts.set(scenario, count);
    return count;
  }
}

const newCount = (): Count => ({
  verdicts: { pass: 0, unknown: 0, fail: 0 },
  missed: new Map(),
  ended: 0,
  wallMs: 0,
  peakMemoryBytes: 0,
});
