import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SmoError } from '../../../protocol/fault/index.ts';
import { isMissing, writeFileAtomic } from '../../files/index.ts';
import { type SummaryRow, summaryOf } from './summary.ts';
import type { SweepHead } from './sweep-head.ts';
import { runKey, type SweepRun } from './sweep-run.ts';
import { writeTables } from './tables.ts';

const HEAD_FILE = 'sweep.json';
const RUNS_FILE = 'runs.jsonl';
const REPORT_FILE = 'report.html';

/** A folder that gathers the runs of a sweep, each as soon as it is done. */
export class SweepFolder {
  readonly path: string;
  readonly head: SweepHead;
  readonly #runs: Map<string, SweepRun>;

  private constructor(path: string, head: SweepHead, runs: readonly SweepRun[]) {
    this.path = path;
    this.head = head;
    this.#runs = new Map(runs.map((run) => [runKey(run), run]));
  }

  /**
   * Goes on in a folder, or begins it.
   * @throws SmoError `sweep_differs` when it holds another sweep, or that of another version
   */
  static async enter(path: string, head: SweepHead): Promise<SweepFolder> {
    await mkdir(path, { recursive: true });
    const before = await readHead(path);
    if (before !== undefined) assertSame(head, before, path);
    const joint = before === undefined ? head : withValuesOf(head, before);
    const headText = `${JSON.stringify(joint, null, 2)}\n`;
    await writeFileAtomic(join(path, HEAD_FILE), headText, { mode: 0o644, durable: false });
    const { runs, text, whole } = await readRuns(path);
    // The end of a line that was being written when the process was killed.
    if (whole < text.length) await writeFile(join(path, RUNS_FILE), text.slice(0, whole));
    return new SweepFolder(path, joint, runs);
  }

  /**
   * A folder as it is.
   * @throws SmoError `not_a_sweep`
   */
  static async read(path: string): Promise<SweepFolder> {
    const head = await readHead(path);
    if (head === undefined) {
      const message = `${path} holds no sweep: there is no ${HEAD_FILE}`;
      throw new SmoError('not_a_sweep', message, 'Name folders that "smo sim sweep" has written.');
    }
    return new SweepFolder(path, head, (await readRuns(path)).runs);
  }

  has(run: Pick<SweepRun, 'params' | 'seed'>): boolean {
    return this.#runs.has(runKey(run));
  }

  /** All runs, by the order of the values of their parameters and then by seed. */
  get runs(): readonly SweepRun[] {
    const { parameters } = this.head;
    const ranks = parameters.map(({ name, values }) => ({
      name,
      of: new Map(values.map((value, i) => [value, i])),
    }));
    const rank = ({ params }: SweepRun): number =>
      ranks.reduce((sum, { name, of }) => sum * of.size + (of.get(params[name] ?? '') ?? 0), 0);
    return [...this.#runs.values()]
      .map((run) => ({ run, rank: rank(run), seed: BigInt(run.seed) }))
      .toSorted((a, b) => a.rank - b.rank || (a.seed < b.seed ? -1 : 1))
      .map(({ run }) => run);
  }

  /**
   * Takes a run in, once.
   * @throws SmoError `sweep_differs` when it is there with another trace
   */
  async add(run: SweepRun): Promise<void> {
    const there = this.#runs.get(runKey(run));
    if (there === undefined) {
      this.#runs.set(runKey(run), run);
      await appendFile(join(this.path, RUNS_FILE), `${JSON.stringify(run)}\n`);
    } else if (there.outcome.traceHash !== run.outcome.traceHash) {
      const which = `seed ${run.seed} with ${JSON.stringify(run.params)}`;
      throw new SmoError(
        'sweep_differs',
        `${which} went in two ways`,
        'The runs were made by different code.',
      );
    }
  }

  /** Writes the tables of all runs and a report with figures, and gives the medians. */
  async writeResults(): Promise<readonly SummaryRow[]> {
    const { runs, path, head } = this;
    const summary = summaryOf(runs);
    writeTables(path, head.parameters, runs, summary);
    // What draws is loaded only when there is something to draw.
    const { reportOfSweep } = await import('./report-of-sweep.ts');
    await writeFile(join(path, REPORT_FILE), reportOfSweep(head, runs, summary));
    return summary;
  }
}

/** @throws SmoError `sweep_differs` */
export const assertSame = (head: SweepHead, other: SweepHead, path: string): void => {
  if (other.definition !== head.definition) {
    const message = `${path} holds another sweep: its scenario is another one, or varies something else`;
    throw new SmoError('sweep_differs', message, 'Name another folder.');
  }
  if (other.version !== head.version) {
    const message = `${path} holds a sweep of version ${other.version}, and this is ${head.version}`;
    throw new SmoError('sweep_differs', message, 'Name another folder.');
  }
};

/** The head of a folder that has runs with the values of both. */
const withValuesOf = (head: SweepHead, other: SweepHead): SweepHead => ({
  ...head,
  parameters: head.parameters.map(({ name, values }) => {
    const others = other.parameters.find((parameter) => parameter.name === name)?.values ?? [];
    return { name, values: [...new Set([...values, ...others])] };
  }),
});

const readHead = async (path: string): Promise<SweepHead | undefined> => {
  const text = await readText(join(path, HEAD_FILE));
  return text === undefined ? undefined : (JSON.parse(text) as SweepHead);
};

/** @returns also how much of the text is whole lines */
const readRuns = async (
  path: string,
): Promise<{ readonly runs: readonly SweepRun[]; readonly text: string; readonly whole: number }> => {
  const text = (await readText(join(path, RUNS_FILE))) ?? '';
  const whole = text.lastIndexOf('\n') + 1;
  const lines = text.slice(0, whole).split('\n').slice(0, -1);
  return { runs: lines.map((line) => JSON.parse(line) as SweepRun), text, whole };
};

const readText = (file: string): Promise<string | undefined> =>
  readFile(file, 'utf8').catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
