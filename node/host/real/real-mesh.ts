import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { DeviceId } from '../../../protocol/crypto/index.ts';
import { encodeRecord, type Origin, type PlacedEvent, type Seq } from '../../../protocol/event/index.ts';
import { SmoError } from '../../../protocol/fault/index.ts';
import { type Genesis, spaceIdOf } from '../../../protocol/membership/index.ts';
import { invitersOf, type Plan } from '../../../simulations/index.ts';
import { nativeCrypto, signerFromSeed } from '../../crypto/index.ts';
import { type Held, pairOf } from './held-logs.ts';
import { draftOf, RealDevice } from './real-device.ts';
import type { RealAct, RecordedWrite } from './real-script.ts';

/** How real devices speak with each other. */
export type RealTransport = 'memory' | 'tcp';

/** How long is waited for anything that has to happen. */
const PATIENCE_MS = 30_000;

/** What real devices are made of. */
export interface RealMeshInit {
  readonly plan: Plan;
  /** Seeds of the keys that the virtual devices had. */
  readonly seeds: readonly Uint8Array[];
  readonly writes: readonly RecordedWrite[];
  readonly transport: RealTransport;
  /** Folder for all homes. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** Real devices with the keys, the space and the links of virtual ones. */
export class RealMesh {
  readonly #init: RealMeshInit;
  readonly #started = new Map<number, RealDevice>();
  readonly #ids: readonly DeviceId[];
  readonly #linked: ReadonlySet<string>;
  /** Tells the devices of this run from those of others in the same process. */
  readonly #run = randomUUID();
  #parted: ReadonlySet<string> = new Set();

  constructor(init: RealMeshInit) {
    this.#init = init;
    this.#ids = init.seeds.map((seed) => signerFromSeed(seed).device);
    this.#linked = new Set(init.plan.links.map(({ a, b }) => pairOf(a, b)));
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
    for (const admission of admissions) await this.#write(admission);
    const held = heldOf(admissions.flatMap(({ events }) => events));
    for (const number of orderOf(inviters)) {
      await this.#startDevice(number, this.#ids[inviters[number] ?? 0]);
      await this.#allHold([[number, held]]);
    }
  }

  async act(act: RealAct): Promise<void> {
    switch (act.type) {
      case 'write':
        await this.#write(act);
        break;
      case 'seal':
        await this.#device(act.device).seal();
        break;
      case 'part':
        await this.#allHold(act.held.entries());
        this.#parted = act.pairs;
        for (const device of this.#started.values()) device.reachChanged();
        break;
      case 'reset':
        await this.#allHold(act.held.entries());
        this.#device(act.a).break(this.#device(act.b).id);
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
  }

  async #startDevice(number: number, inviter: DeviceId | undefined): Promise<RealDevice> {
    const { folder, seeds, transport, writes, plan } = this.#init;
    const genesis = genesisOf(writes);
    const seed = seeds[number];
    if (seed === undefined) throw new RangeError(`device ${number} has no key`);
    const first = writes.find(({ device }) => device === number)?.events[0];
    const device = await RealDevice.start({
      dir: join(folder, `device-${number}`),
      env: { SMO_STATE_HOME: join(folder, 'state') },
      home: {
        name: `device ${number}`,
        seed,
        ...(first !== undefined && { incarnation: incarnationOf(first.origin) }),
      },
      space: spaceIdOf(nativeCrypto, genesis),
      genesis,
      inviter,
      listen: transport === 'tcp' ? '/ip4/127.0.0.1/tcp/0' : `/memory/${this.#run}-${number}`,
      dial: plan.links
        .filter(({ a, b }) => a === number || b === number)
        .flatMap(({ a, b }) => this.#started.get(a === number ? b : a)?.addresses ?? []),
      mayReach: (other) => this.#mayReach(number, this.#ids.indexOf(other)),
    });
    this.#started.set(number, device);
    return device;
  }

  /** Waits until devices hold at least so much. */
  async #allHold(held: Iterable<readonly [number, Held]>): Promise<void> {
    await Promise.all(
      [...held].map(([number, logs]) =>
        this.#patiently(number, (signal) => this.#device(number).holds(logs, signal)),
      ),
    );
  }

  async #write({ device, events }: Pick<RecordedWrite, 'device' | 'events'>): Promise<void> {
    await this.#patiently(device, (signal) => this.#device(device).write(events, signal));
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

  #mayReach(a: number, b: number): boolean {
    const pair = pairOf(a, b);
    return a === b || (this.#linked.has(pair) && !this.#parted.has(pair));
  }
}

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
