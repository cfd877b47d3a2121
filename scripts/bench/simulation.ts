/**
 * How fast the simulator runs: `node scripts/bench/simulation.ts [--peers 50,100] [--events 5000] [--modes exact,scale]
 * [--json]`, or with `--targets` the sizes that it is meant for.
 *
 * Each run is one process: a three-way partition and its heal, 1 % loss, six neighbours a device, twenty writers of a
 * hundred events at a time. Memory is what the process takes at most, less what one of two devices takes.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism, loadavg, totalmem } from 'node:os';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { heapArguments, machine } from '../../node/simulator/index.ts';
import { expandScenario, type Outcome, type RunMode, runPlan, scenario } from '../../simulations/index.ts';

interface Size {
  readonly peers: number;
  readonly events: number;
  readonly mode: RunMode;
}

interface Row extends Size {
  readonly verdict: Outcome['verdict'];
  readonly wallS: number;
  readonly messagesPerS: number;
  /** Events that are applied, on all devices together. */
  readonly appliedPerS: number;
  readonly peakMiB: number;
  readonly kibAPeer: number;
}

const TARGETS: readonly Size[] = [
  { peers: 200, events: 20_000, mode: 'exact' },
  { peers: 200, events: 20_000, mode: 'scale' },
  { peers: 10_000, events: 10_000, mode: 'scale' },
];

const WRITERS = 20;

const DEGREE = 6;

const run = ({ peers, events, mode }: Size): Promise<Outcome> => {
  const writers = Math.min(WRITERS, peers);
  const bench = scenario({
    name: 'bench',
    groups: [
      { name: 'writers', count: writers },
      ...(peers > writers ? [{ name: 'readers', count: peers - writers }] : []),
    ],
    topology: peers > DEGREE ? { kind: 'regular', degree: DEGREE } : 'full',
    links: { lossPermille: 10 },
    phases: { setup: '30s', chaos: '1m', heal: '5m' },
    workload: { events, batch: 100, writers: 'writers', entities: 50 },
    faults: peers > 2 ? [{ kind: 'partition', into: 'thirds', during: '10s to 40s' }] : [],
  });
  return runPlan(expandScenario(bench, { seed: 1n }), machine, { mode });
};

/** Runs one size in a process of its own. */
const measure = async (size: Size): Promise<Outcome> => {
  const child = fork(import.meta.filename, [JSON.stringify(size)], {
    execArgv: [...heapArguments(1)],
  });
  const [outcome] = await Promise.race([once(child, 'message'), once(child, 'exit')]);
  if (typeof outcome !== 'object')
    throw new Error(`the run of ${JSON.stringify(size)} ended with ${outcome}`);
  return outcome as Outcome;
};

const rowOf = (size: Size, outcome: Outcome, baseBytes: number): Row => {
  const { verdict, wallMs, messages, events, peakMemoryBytes } = outcome;
  return {
    ...size,
    verdict,
    wallS: wallMs / 1_000,
    messagesPerS: Math.round((1_000 * messages) / wallMs),
    appliedPerS: Math.round((1_000 * events * size.peers) / wallMs),
    peakMiB: Math.round(peakMemoryBytes / 2 ** 20),
    kibAPeer: Math.round((peakMemoryBytes - baseBytes) / size.peers / 1_024),
  };
};

const [job] = process.argv.slice(2);
if (job?.startsWith('{')) {
  process.send?.(await run(JSON.parse(job) as Size));
  process.disconnect?.();
} else await compare();

async function compare(): Promise<void> {
  const { values } = parseArgs({
    options: {
      peers: { type: 'string', default: '50,100' },
      events: { type: 'string', default: '5000' },
      modes: { type: 'string', default: 'exact,scale' },
      targets: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const asked = values.peers
    .split(',')
    .flatMap((peers) =>
      values.modes
        .split(',')
        .map(
          (mode): Size => ({ peers: Number(peers), events: Number(values.events), mode: mode as RunMode }),
        ),
    );
  const base = await measure({ peers: 2, events: 100, mode: 'exact' });
  const rows: Row[] = [];
  for (const size of values.targets ? TARGETS : asked) {
    const row = rowOf(size, await measure(size), base.peakMemoryBytes);
    rows.push(row);
    if (!values.json) console.table([row]);
  }
  const system = {
    node: process.versions.node,
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    load: loadavg()[0]?.toFixed(1),
  };
  if (values.json) console.log(JSON.stringify({ system, rows }, null, 2));
  else console.log(system);
}
