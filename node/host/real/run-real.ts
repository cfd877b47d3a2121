import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { PlacedEvent } from '../../../protocol/event/index.ts';
import { SmoError } from '../../../protocol/fault/index.ts';
import {
  expandScenario,
  type Outcome,
  type Plan,
  runPlan,
  type Sighting,
} from '../../../simulations/index.ts';
import type { RealBytes, RealFigures, RealReport, RealRunInput } from '../../cli/index.ts';
import { machine, readScenario } from '../../simulator/index.ts';
import { compareBytes } from './compare-bytes.ts';
import { InProcessGround } from './in-process-ground.ts';
import { assertNamespaces, NamespaceGround } from './namespace-ground.ts';
import type { RealGround } from './real-ground.ts';
import { RealMesh } from './real-mesh.ts';
import { type RecordedWrite, scriptOf, unfitFor } from './real-script.ts';

/** More of them do not fit well into one process, or as many processes into one machine. */
const DEVICES_MAX = { memory: 50, tcp: 50, namespaces: 16 } as const satisfies Record<
  RealRunInput['transport'],
  number
>;

/** A full mesh of 25. What a run takes grows with the links: each is a connection, and frames both ways. */
const LINKS_MAX = 300;

/**
 * Runs a scenario in the simulator, and then what was written and parted there on real devices: with the keys, the times
 * and the pasts that the events had. So both must end in the same state, to the digest.
 *
 * @throws SmoError `not_for_real` when the scenario does to devices what cannot be done to real ones
 */
export const runReal = async (input: RealRunInput): Promise<RealReport> => {
  const beganMs = performance.now();
  const { seed, peers, transport, signal, onProgress } = input;
  if (transport === 'namespaces') assertNamespaces();
  const { scenario, given } = await readScenario(input.scenario, input.workload);
  const plan = expandScenario(scenario, {
    seed,
    ...(peers !== undefined && { peers }),
    ...(given !== undefined && { given }),
  });
  assertFit(plan, DEVICES_MAX[transport]);
  const simulated = await simulate(plan, signal, (share) =>
    onProgress({ phase: 'simulated', done: share, total: 1 }),
  ).catch((error: unknown) => {
    throw signal.aborted ? interrupted() : error;
  });
  const folder = await mkdtemp(join(tmpdir(), 'smo-real-'));
  let mesh: RealMesh | undefined;
  try {
    const ground = groundOf(transport, simulated.seeds);
    mesh = new RealMesh({ plan, ground, folder, signal, ...simulated });
    const real = await play(mesh, plan, simulated, (done, total) =>
      onProgress({ phase: 'on real devices', done, total }),
    );
    const bytes = compareBytes(simulated.outcome, real);
    return {
      name: plan.name,
      seed: plan.seed,
      transport,
      peers: plan.devices.length,
      simulated: figuresOf(simulated.outcome),
      real,
      bytes,
      problems: [...problemsOf(simulated.outcome, real), ...problemsOfBytes(bytes), ...mesh.problems],
      wallMs: Math.round(performance.now() - beganMs),
    };
  } catch (error) {
    throw signal.aborted ? interrupted() : error;
  } finally {
    await mesh?.stop();
    await rm(folder, { recursive: true, force: true });
  }
};

const groundOf = (transport: RealRunInput['transport'], seeds: readonly Uint8Array[]): RealGround =>
  transport === 'namespaces'
    ? new NamespaceGround(seeds.length)
    : new InProcessGround(
        transport,
        seeds.map((seed) => machine.signerFromSeed(seed).device),
      );

const interrupted = (): SmoError =>
  new SmoError('interrupted', 'the run was interrupted', 'Its homes are gone; run it again.');

const assertFit = (plan: Plan, devicesMax: number): void => {
  const unfit = unfitFor(plan);
  if (unfit.length > 0) {
    throw new SmoError(
      'not_for_real',
      `scenario ${plan.name} holds what cannot be done to real devices: ${unfit.join(', ')}`,
      'Take one of partitions and broken sessions alone, such as even-split; or switch the others off in a file.',
    );
  }
  if (plan.devices.length > devicesMax) {
    const message = `${plan.devices.length} real devices are too many for this transport`;
    throw new SmoError('not_for_real', message, `Take up to ${devicesMax} with --peers.`);
  }
  if (plan.links.length > LINKS_MAX) {
    const message = `${plan.links.length} links between real devices are too many for one process`;
    const hint = `Take fewer devices with --peers, or a file with a sparser topology: up to ${LINKS_MAX} links.`;
    throw new SmoError('not_for_real', message, hint);
  }
};

/** What came of a simulation, and what real devices need to do the same. */
interface Simulated {
  readonly outcome: Outcome;
  readonly seeds: readonly Uint8Array[];
  readonly writes: readonly RecordedWrite[];
  readonly sightings: readonly Sighting[];
}

const simulate = async (
  plan: Plan,
  signal: AbortSignal,
  tell: (share: number) => void,
): Promise<Simulated> => {
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
      // It has the trace that it would have in the other mode.
      mode: 'scale',
      async progress(nowUs) {
        tell(Math.min(1, nowUs / plan.phases.chaosUs));
        // Only between turns can it become known that the run is interrupted.
        await setImmediate();
        signal.throwIfAborted();
      },
      written: (device, events, atUs) => void writes.push({ device, events, atUs }),
      visible: (sighting) => void sightings.push(sighting),
    },
  );
  return { outcome, seeds: seeds.slice(0, plan.devices.length), writes, sightings };
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
  const figures = new Map(
    await Promise.all(
      [...mesh.devices()].map(async ([number, device]) => [number, await device.figures()] as const),
    ),
  );
  const equal = core.flatMap((number) => figures.get(number) ?? []);
  const { events = 0, openConflicts = 0, closedConflicts = 0 } = equal[0] ?? {};
  return {
    digests: [...new Set(equal.map(({ digest }) => digest))],
    events,
    conflicts: { open: openConflicts, closed: closedConflicts },
    bytes: [...figures.values()].reduce((sum, { bytesIn }) => sum + bytesIn, 0),
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

const problemsOfBytes = ({ morePercent, morePercentMax, unjudged }: RealBytes): readonly string[] =>
  unjudged !== undefined || Math.abs(morePercent) <= morePercentMax
    ? []
    : [`the bytes differ by more than ${morePercentMax} %`];
