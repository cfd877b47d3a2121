import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Role, Status } from '../../../node/api/index.ts';
import { openHome } from '../../../node/home/index.ts';
import { joinDevice } from '../../../node/host/index.ts';
import { base32 } from '../../../protocol/bytes/index.ts';
import type { Signer } from '../../../protocol/crypto/index.ts';
import { makeOrigin, type Origin } from '../../../protocol/event/index.ts';
import type { SpaceId } from '../../../protocol/manifest/index.ts';
import { COLLECTING } from '../collected.ts';
import { difference, MeshDevice, pair } from '../mesh-device.ts';
import { until } from '../until.ts';

/** How long anything may take: what nobody else could be asked for is waited for a minute. */
const PATIENCE = { timeoutMs: 100_000 } as const;

/** How devices of an arena are run. */
const LOOPBACK = ['--listen', '/ip4/127.0.0.1/tcp/0', '--no-mdns'] as const;

/** A device that has been let in and is run by nobody: whoever has its key may speak for it. */
export interface Intruder {
  readonly name: string;
  /** Its home, which holds what the space held when it joined. */
  readonly device: MeshDevice;
  /** Of its key. */
  readonly seed: Uint8Array;
  readonly signer: Signer;
  readonly space: SpaceId;
  /** Log that its home writes to; nothing has been written. */
  readonly origin: Origin;
  /** Other logs of it, by number. */
  origins(number: number): Origin;
  /** The ticket that it joined with. */
  readonly ticket: string;
}

/** What an attack must not change. */
export interface Condition {
  readonly pid: number;
  /** Log that it writes to. */
  readonly origin: Origin;
  readonly digest: string;
  readonly events: number;
  readonly members: readonly string[];
}

/** A real device that is attacked, and an honest one that is in step with it. */
export class Arena {
  readonly victim: MeshDevice;
  readonly witness: MeshDevice;
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.victim = this.device('victim');
    this.witness = this.device('witness');
  }

  /** Founds a space with both devices, and starts them. */
  static async open(): Promise<Arena> {
    const arena = new Arena(mkdtempSync(join(tmpdir(), 'smo-hostile-')));
    await pair([arena.victim, arena.witness]);
    await arena.dial(arena.witness);
    await arena.inStep();
    return arena;
  }

  async close(): Promise<void> {
    await Promise.all([this.victim, this.witness].map((device) => device.end('SIGTERM')));
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Lets a new device in and gives its key away. */
  async admit(name: string, role: Role = 'writer'): Promise<Intruder> {
    const device = this.device(name);
    const { ticket } = await this.victim.api.invite({ role, expiresInMs: 60_000 });
    // In this process: a device that is only let in and never up is not worth a process of its own.
    await joinDevice(
      device.home,
      { ticket, name, timeoutMs: PATIENCE.timeoutMs },
      { SMO_STATE_HOME: device.stateHome },
    );
    const { key, file } = await openHome(device.home);
    if (file.space === null) throw new TypeError(`${name} has no space`);
    await this.inStep();
    await this.logged(new RegExp(`lost ${name}: `));
    this.victim.forgetLog();
    const { seed, signer } = key;
    const origin = makeOrigin(file.device, file.incarnation);
    const origins = (number: number): Origin =>
      makeOrigin(
        file.device,
        base32.encode(Uint8Array.of(9, 9, number >> 16, (number >> 8) & 255, number & 255)),
      );
    return { name, device, seed, signer, space: file.space.id, origin, origins, ticket };
  }

  /** Starts a device such that it finds the victim. */
  dial(device: MeshDevice): Promise<void> {
    return device.up(...this.victim.addresses.flatMap((address) => ['--dial', address]));
  }

  /** Waits until both devices hold the same. */
  inStep(): Promise<void> {
    return until('the two are in step', () => difference([this.victim, this.witness]), PATIENCE);
  }

  /** Waits until the victim has logged such a line about a device, and gives it. */
  async logged(words: RegExp): Promise<string> {
    let found: string | undefined;
    const missing = (): string | undefined => {
      if (this.victim.crash !== undefined) throw new Error(this.victim.crash);
      found = this.victim.log.find((line) => words.test(line));
      return found === undefined ? `its log ends with\n${this.victim.log.slice(-5).join('\n')}` : undefined;
    };
    await until(`the victim logs ${words}`, missing, PATIENCE);
    return found ?? '';
  }

  /** Waits until the victim tells of a peer that it is not in sync for such a reason. */
  reasoned(name: string, words: RegExp): Promise<void> {
    const missing = async (): Promise<string | undefined> => {
      const { peers } = await this.victim.api.status();
      const reason = peers.find((peer) => peer.name === name)?.reason ?? 'in sync';
      return words.test(reason) ? undefined : reason;
    };
    return until(`the victim says ${words} of ${name}`, missing, PATIENCE);
  }

  /** Waits until the victim holds so many events. */
  holds(count: number): Promise<void> {
    const missing = async (): Promise<string | undefined> => {
      const { events } = await this.victim.api.status();
      return events === count ? undefined : `it holds ${events}`;
    };
    return until(`the victim holds ${count} events`, missing, PATIENCE);
  }

  /** How the victim is now. */
  async condition(): Promise<Condition> {
    const { origin, digest, events, peers } = await this.victim.api.status();
    return { pid: this.victim.pid, origin: origin as Origin, digest, events, members: membersOf(peers) };
  }

  /** Strikes that count with the victim against each device, by name; those without any are left out. */
  async strikes(): Promise<Readonly<Record<string, number>>> {
    const { peers } = await this.victim.api.status();
    return Object.fromEntries(peers.flatMap(({ name, strikes }) => (strikes > 0 ? [[name, strikes]] : [])));
  }

  /** Waits until both devices say of a log that no event of it counts. */
  async freezes(origin: Origin): Promise<void> {
    const missing = async (): Promise<string | undefined> => {
      for (const { name, api } of [this.victim, this.witness]) {
        const { frontier } = await api.status();
        if (frontier[origin] !== 0) return `${name} holds ${frontier[origin]} of it`;
      }
      return undefined;
    };
    await until(`both say that ${origin} is forked`, missing, PATIENCE);
  }

  /** A device that is nothing yet. */
  device(name: string): MeshDevice {
    return new MeshDevice({ name, folder: this.#folder, up: LOOPBACK, node: COLLECTING });
  }

  /** Both devices still write and get what the other one writes. */
  async goesOn(): Promise<void> {
    for (const device of [this.victim, this.witness]) {
      await device.api.append({
        drafts: [{ type: 'plos.core/EntityCreated', entityId: `${device.name}-goes-on`, payload: {} }],
      });
    }
    await this.inStep();
  }
}

const membersOf = (peers: Status['peers']): readonly string[] =>
  peers.map(({ device, name, role }) => `${device} ${name} ${role}`).toSorted();
