import { tableText } from '../../node/cli/table.ts';
import type { Goal } from '../../simulations/index.ts';
import type { Result, Task } from './task.ts';

interface Count {
  readonly verdicts: Record<Result['verdict'], number>;
  readonly missed: Map<Goal, number>;
  wallMs: number;
  peakMemoryBytes: number;
}

/** What came of all runs so far, scenario by scenario. */
export class Tally {
  readonly #counts = new Map<string, Count>();

  add({ scenario }: Task, { verdict, missed, wallMs, peakMemoryBytes }: Result): void {
    const count = this.#counts.get(scenario) ?? newCount();
    this.#counts.set(scenario, count);
    count.verdicts[verdict] += 1;
    for (const goal of missed) count.missed.set(goal, 1 + (count.missed.get(goal) ?? 0));
    count.wallMs += wallMs;
    count.peakMemoryBytes = Math.max(count.peakMemoryBytes, peakMemoryBytes);
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
      rows.map(([name, { verdicts, missed, wallMs, peakMemoryBytes }]) => {
        const { pass, unknown, fail } = verdicts;
        const runs = pass + unknown + fail;
        const goals = [...missed].map(([goal, count]) => `${goal} ${count}`).join(', ');
        const figures = [runs, pass, unknown, fail, (wallMs / runs / 1_000).toFixed(2)];
        return [name, ...figures.map(String), (peakMemoryBytes / 1_000_000).toFixed(0), goals];
      }),
    );
  }
}

const newCount = (): Count => ({
  verdicts: { pass: 0, unknown: 0, fail: 0 },
  missed: new Map(),
  wallMs: 0,
  peakMemoryBytes: 0,
});
