import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PlacedEvent } from '../../../protocol/event/index.ts';
import { SmoError } from '../../../protocol/fault/index.ts';
import {
  expandScenario,
  type Outcome,
  type Plan,
  runPlan,
  type Sighting,
} from '../../../simulations/index.ts';
import type { RealFigures, RealReport, RealRunInput } from '../../cli/index.ts';
import { machine, readScenario } from '../../simulator/index.ts';
import { RealMesh } from './real-mesh.ts';
import { type RecordedWrite, scriptOf, unfitFor } from './real-script.ts';

/** More of them do not fit well into one process. */
const DEVICES_MAX = 50;

/**
 * Runs a scenario in the simulator, and then what was written and parted there on real devices: with the keys, the times
 * and the pasts that the events had. So both must end in the same state, to the digest.
 *
 * @throws SmoError `not_for_real` when the scenario does to devices what cannot be done to real ones
 */
export const runReal = async (input: RealRunInput): Promise<RealReport> => {
  const beganMs = performance.now();
  const { seed, peers, transport, signal, onProgress } = input;
  const { scenario, given } = await readScenario(input.scenario, input.workload);
  const plan = expandScenario(scenario, {
    seed,
    ...(peers !== undefined && { peers }),
    ...(given !== undefined && { given }),
  });
  assertFit(plan);
  onProgress({ phase: 'simulated', done: 0, total: 1 });
  const simulated = await simulate(plan);
  const folder = await mkdtemp(join(tmpdir(), 'smo-real-'));
  const mesh = new RealMesh({ plan, transport, folder, signal, ...simulated });
  try {
    const real = await play(mesh, plan, simulated, (done, total) =>
      onProgress({ phase: 'on real devices', done, total }),
    );
    return {
      name: plan.name,
      seed: plan.seed,
      transport,
      peers: plan.devices.length,
      simulated: figuresOf(simulated.outcome),
      real,
      problems: problemsOf(simulated.outcome, real),
      wallMs: Math.round(performance.now() - beganMs),
    };
  } catch (error) {
    throw signal.aborted ? interrupted() : error;
  } finally {
    await mesh.stop();
    await rm(folder, { recursive: true, force: true });
  }
};

const interrupted = (): SmoError =>
  new SmoError('interrupted', 'the run was interrupted', 'Its homes are gone; run it again.');

const assertFit = (plan: Plan): void => {
  const unfit = unfitFor(plan);
  if (unfit.length > 0) {
    throw new SmoError(
      'not_for_real',
      `scenario ${plan.name} holds what cannot be done to real devices: ${unfit.join(', ')}`,
      'Take one of partitions and broken sessions alone, such as even-split; or switch the others off in a file.',
    );
  }
  if (plan.devices.length <= DEVICES_MAX) return;
  const message = `${plan.devices.length} real devices do not fit into one process`;
  throw new SmoError('not_for_real', message, `Take up to ${DEVICES_MAX} with --peers.`);
};

/** What came of a simulation, and what real devices need to do the same. */
interface Simulated {
  readonly outcome: Outcome;
  readonly seeds: readonly Uint8Array[];
  readonly writes: readonly RecordedWrite[];
  readonly sightings: readonly Sighting[];
}

const simulate = async (plan: Plan): Promise<Simulated> => {
  const seeds: Uint8Array[] = [];
  const writes: RecordedWrite[] = [];
  const sightings: Sighting[] = [];
  const signerFromSeed = (seed: Uint8Array) => {
    seeds.push(seed);
    return machine.signerFromSeed(seed);
  };
  const outcome = await runPlan(
    plan,
    { ...machine, signerFromSeed },
    {
      written: (device, events, atUs) => void writes.push({ device, events, atUs }),
      visible: (sighting) => void sightings.push(sighting),
    },
  );
  return { outcome, seeds, writes, sightings };
};

/** Has real devices do what virtual ones did. */
const play = async (
  mesh: RealMesh,
  plan: Plan,
  { writes, sightings }: Simulated,
  tell: (done: number, total: number) => void,
): Promise<RealFigures> => {
  // The first one founds the space, which a home brings with it.
  const after = writes.slice(1);
  const begin = after.findIndex(({ atUs }) => atUs >= plan.phases.setupUs);
  const admissions = begin < 0 ? after : after.slice(0, begin);
  await mesh.start(admissions);
  const script = scriptOf(plan, { writes: after.slice(admissions.length), sightings });
  for (const [i, act] of script.entries()) {
    tell(i, script.length);
    await mesh.act(act);
  }
  const core = plan.core ?? [...plan.devices.keys()];
  await mesh.settle(
    core,
    writes.flatMap(({ events }): readonly PlacedEvent[] => events),
  );
  const devices = core.flatMap((number) => mesh.devices().get(number) ?? []);
  const [first] = devices;
  const { openConflicts = 0, closedConflicts = 0 } = first?.engine.replica.counts ?? {};
  return {
    digests: [...new Set(devices.map(({ engine }) => engine.replica.digest.toHex()))],
    events: first?.engine.replica.appliedCount ?? 0,
    conflicts: { open: openConflicts, closed: closedConflicts },
    bytes: [...mesh.devices().values()].reduce((sum, { bytesOut }) => sum + bytesOut, 0),
  };
};

const figuresOf = ({ digests, events, conflicts, bytes }: Outcome): RealFigures => ({
  digests,
  events,
  conflicts,
  bytes,
});

/** In what the two differ that must not. */
const problemsOf = ({ verdict, digests }: Outcome, real: RealFigures): readonly string[] => [
  ...(verdict === 'fail' ? ['the simulation itself has failed'] : []),
  ...(real.digests.length === 1 ? [] : [`the real devices came to ${real.digests.length} different states`]),
  ...(real.digests[0] === digests[0] ? [] : ['the real devices came to another state than the virtual ones']),
];
