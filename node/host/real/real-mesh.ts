import { join } from 'node:path';
import type { DeviceId } from '../../../protocol/crypto/index.ts';
import { encodeRecord, type Origin, type PlacedEvent, type Seq } from '../../../protocol/event/index.ts';
import { SmoError } from '../../../protocol/fault/index.ts';
import { type Genesis, spaceIdOf } from '../../../protocol/membership/index.ts';
import { invitersOf, type Plan } from '../../../simulations/index.ts';
import { nativeCrypto, signerFromSeed } from '../../crypto/index.ts';
import { type Held, pairOf } from './held-logs.ts';
import { draftOf } from './in-process-device.ts';
import { PartingWatch } from './parting-watch.ts';
import type { RealDevice } from './real-device.ts';
import type { RealGround } from './real-ground.ts';
import type { RealAct, RecordedWrite } from './real-script.ts';

/** How long is waited for anything that has to happen: a link that was dead is dialled again after a minute at most. */
const PATIENCE_MS = 100_000;

/** What real devices are made of. */
export interface RealMeshInit {
  readonly plan: Plan;
  /** Seeds of the keys that the virtual devices had, in their order. */
  readonly seeds: readonly Uint8Array[];
  readonly writes: readonly RecordedWrite[];
  readonly ground: RealGround;
  /** Folder for all homes. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** Real devices with the keys, the space and the links of virtual ones. */
export class RealMesh {
  readonly #init: RealMeshInit;
  readonly #started = new Map<number, RealDevice>();
  readonly #ids: readonly DeviceId[];
  /** Pairs that have no link. */
  readonly #strangers: ReadonlySet<string>;
  readonly #watch: PartingWatch;

  constructor(init: RealMeshInit) {
    this.#init = init;
    this.#ids = init.seeds.map((seed) => signerFromSeed(seed).device);
    this.#strangers = strangersIn(init.plan);
    this.#watch = new PartingWatch(init.plan, this.#ids);
    init.ground.part(this.#strangers);
  }

  /** What came through though it must not have. */
  get problems(): readonly string[] {
    return this.#watch.problems;
  }

  /** Those that were started. */
  devices(): ReadonlyMap<number, RealDevice> {
    return this.#started;
  }

  /** Starts the founder, who lets all in, and then one device after the other, each after whoever knows it. */
  async start(admissions: readonly RecordedWrite[]): Promise<void> {
    const { plan } = this.#init;
    const inviters = invitersOf(plan.devices.length, plan.links);
    await this.#startDevice(0, undefined);
    for (const { device, events } of admissions) await this.#write(device, [events]);
    const held = heldOf(admissions.flatMap(({ events }) => events));
    for (const number of orderOf(inviters)) {
      await this.#startDevice(number, this.#ids[inviters[number] ?? 0]);
      await this.#allHold([[number, held]]);
    }
  }

  async act(act: RealAct): Promise<void> {
    switch (act.type) {
      case 'write':
        await Promise.all([...act.batches].map(([device, batches]) => this.#write(device, batches)));
        break;
      case 'seal':
        await this.#device(act.device).seal();
        break;
      case 'part':
        await this.#allHold(act.held.entries());
        await this.#look();
        this.#watch.parts(act.pairs);
        this.#init.ground.part(new Set([...this.#strangers, ...act.pairs]));
        break;
      case 'reset':
        await this.#allHold(act.held.entries());
        await this.#device(act.a).break(this.#id(act.b));
        break;
    }
  }

  /** Waits until these devices hold all that was written. */
  async settle(core: readonly number[], written: readonly PlacedEvent[]): Promise<void> {
    const held = heldOf(written);
    await this.#allHold(core.map((number) => [number, held] as const));
  }

  async stop(): Promise<void> {
    await Promise.allSettled([...this.#started.values()].map((device) => device.stop()));
    await this.#init.ground.remove();
  }

  async #startDevice(number: number, inviter: DeviceId | undefined): Promise<void> {
    const { folder, seeds, ground, writes, plan } = this.#init;
    const genesis = genesisOf(writes);
    const seed = seeds[number];
    if (seed === undefined) throw new RangeError(`device ${number} has no key`);
    const first = writes.find(({ device }) => device === number)?.events[0];
    const device = await ground.start(number, {
      dir: join(folder, `device-${number}`),
      stateHome: join(folder, 'state'),
      home: {
        name: `device ${number}`,
        seed,
        ...(first !== undefined && { incarnation: incarnationOf(first.origin) }),
      },
      space: spaceIdOf(nativeCrypto, genesis),
      genesis,
      inviter,
      listen: ground.listenOf(number),
      dial: plan.links
        .filter(({ a, b }) => a === number || b === number)
        .flatMap(({ a, b }) => this.#started.get(a === number ? b : a)?.addresses ?? []),
    });
    this.#started.set(number, device);
  }

  /** Waits until devices hold at least so much. */
  async #allHold(held: Iterable<readonly [number, Held]>): Promise<void> {
    await Promise.all(
      [...held].map(([number, logs]) =>
        this.#patiently(number, (signal) => this.#device(number).holds(logs, signal)),
      ),
    );
  }

  /** Looks what came through, before it changes who is parted. */
  async #look(): Promise<void> {
    await Promise.all(
      [...this.#started].map(async ([number, device]) => this.#watch.holds(number, await device.held())),
    );
  }

  async #write(number: number, batches: readonly (readonly PlacedEvent[])[]): Promise<void> {
    this.#watch.writes(batches.flat());
    await this.#patiently(number, (signal) => this.#device(number).write(batches, signal));
  }

  /** Waits for what has to happen on a device, and no longer than it may take. */
  async #patiently(number: number, wait: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const timeout = AbortSignal.timeout(PATIENCE_MS);
    try {
      await wait(AbortSignal.any([timeout, this.#init.signal]));
    } catch (error) {
      if (!timeout.aborted || this.#init.signal.aborted) throw error;
      throw new SmoError(
        'real_stuck',
        `device ${number} did not get within ${PATIENCE_MS / 1_000} s what it had in the simulation`,
        'Run it again; if it comes back, it is a bug of the node.',
      );
    }
  }

  #device(number: number): RealDevice {
    const device = this.#started.get(number);
    if (device === undefined) throw new RangeError(`there is no device ${number}`);
    return device;
  }

  #id(number: number): DeviceId {
    const id = this.#ids[number];
    if (id === undefined) throw new RangeError(`device ${number} has no key`);
    return id;
  }
}

/** Pairs of devices that no link joins. */
const strangersIn = ({ devices, links }: Plan): ReadonlySet<string> => {
  const linked = new Set(links.map(({ a, b }) => pairOf(a, b)));
  const numbers = [...devices.keys()];
  const pairs = numbers.flatMap((a) => numbers.slice(a + 1).map((b) => pairOf(a, b)));
  return new Set(pairs.filter((pair) => !linked.has(pair)));
};

/** The devices but the founder, each after the one that let it in. */
const orderOf = (inviters: readonly number[]): readonly number[] => {
  const order = new Set([0]);
  for (const number of order) {
    for (const [other, inviter] of inviters.entries()) if (inviter === number) order.add(other);
  }
  order.delete(0);
  return [...order];
};

/** How long the logs are with all that was written. */
const heldOf = (events: readonly PlacedEvent[]): Held => {
  const held = new Map<Origin, Seq>();
  for (const { origin, seq } of events) held.set(origin, Math.max(seq, held.get(origin) ?? 0));
  return held;
};

/** The first event that was written founds the space. */
const genesisOf = ([first]: readonly RecordedWrite[]): Genesis => {
  const event = first?.events[0];
  if (event === undefined) throw new RangeError('nobody has founded a space');
  return { origin: event.origin, record: encodeRecord({ ...draftOf(event), timestamp: event.timestamp }) };
};

const incarnationOf = (origin: Origin): string => origin.slice(origin.indexOf('.') + 1);
