import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { base32 } from '../../protocol/bytes/index.ts';
import { makeOrigin } from '../../protocol/event/index.ts';
import { portableCrypto as crypto } from '../../protocol/portable-crypto/index.ts';
import { frontierDigest } from '../../protocol/sync/index.ts';
import { update } from '../support/drafts.ts';
import { MeshWorld, seededRandom } from '../support/mesh-world.ts';
import { SessionRules } from '../support/session-rules.ts';

/** One thing that happens; numbers of devices are taken modulo how many there are. */
type Action =
  | { readonly type: 'write'; readonly device: number; readonly log: number; readonly segments: number }
  | { readonly type: 'meet'; readonly device: number; readonly peer: number; readonly steps: number }
  | { readonly type: 'cut'; readonly device: number; readonly peer: number }
  | { readonly type: 'forget'; readonly device: number };

const device = fc.nat(2);

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('write'),
      device,
      log: fc.nat(2),
      segments: fc.integer({ min: 0, max: 12 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ type: fc.constant('meet'), device, peer: device, steps: fc.nat(60) }),
  },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('cut'), device, peer: device }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('forget'), device }) },
) as fc.Arbitrary<Action>;

/** Devices that are watched. */
class Scene {
  readonly world: MeshWorld;
  readonly rules: SessionRules;
  #request = 1_000_000;

  constructor(world: MeshWorld) {
    this.world = world;
    this.rules = new SessionRules(world);
  }

  static async create(devices: number, seed: number): Promise<Scene> {
    const scene = new Scene(await MeshWorld.create(devices, seededRandom(seed)));
    // All know of each other's logs, so that nothing waits for a membership.
    for (let number = 1; number < devices; number += 1) scene.world.connect(0, number);
    await scene.world.settle();
    for (let number = 1; number < devices; number += 1) scene.rules.cut(0, number);
    return scene;
  }

  /** Writes so many whole segments to one of a device's logs, and one event beyond. */
  async write(number: number, log: number, segments: number): Promise<void> {
    const { signer } = this.world.device(number);
    const origin = makeOrigin(signer.device, base32.encode(Uint8Array.of(7, 7, 7, number, log)));
    for (let segment = 0; segment <= segments; segment += 1) {
      const draft = update(`e${log}`, { segment, pad: 'x'.repeat(500) });
      await this.world.append(number, [{ origin, draft }]);
      if (segment < segments) await this.seal(number);
    }
  }

  async seal(number: number): Promise<void> {
    this.#request += 1;
    this.world.step(this.world.device(number), { type: 'seal', request: this.#request });
    await this.world.settle();
  }

  get digests(): ReadonlySet<string> {
    return new Set(this.world.devices.map(({ engine }) => String(frontierDigest(crypto, engine.frontier()))));
  }

  /** Connects all, and lets them come to rest. */
  async unite(): Promise<void> {
    const { length } = this.world.devices;
    for (let a = 0; a < length; a += 1) {
      for (let b = 0; b < a; b += 1) if (!this.world.isConnected(a, b)) this.world.connect(a, b);
    }
    await this.world.rest();
  }

  /** What must hold at the end. */
  check(): void {
    expect(this.rules.broken).toEqual([]);
    expect(this.digests.size).toBe(1);
    for (const { engine } of this.world.devices) {
      expect([...engine.waiting()]).toEqual([]);
      for (const peer of engine.peers()) {
        expect(peer).toMatchObject({ lag: 0, behind: 0 });
        expect([...peer.disputed]).toEqual([]);
      }
    }
  }
}

test.each([2, 3])(
  '%i replicas with any frontiers end with the same, however they are cut',
  async (devices) => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 14, size: 'max' }), fc.nat(), async (script, seed) => {
        const scene = await Scene.create(devices, seed);
        const { world, rules } = scene;
        for (const step of script) {
          const number = step.device % devices;
          if (step.type === 'write') await scene.write(number, step.log, step.segments);
          if (step.type === 'forget') {
            for (let other = 0; other < devices; other += 1) if (other !== number) rules.cut(number, other);
            await world.settle();
            await world.forget(number);
            await world.settle();
          }
          if (step.type !== 'meet' && step.type !== 'cut') continue;
          const peer = step.peer % devices;
          if (peer === number) continue;
          if (step.type === 'cut') rules.cut(number, peer);
          else {
            if (!world.isConnected(number, peer)) world.connect(number, peer);
            await world.settle(step.steps);
          }
        }
        await scene.unite();
        scene.check();
      }),
      { numRuns: 60 },
    );
  },
  120_000,
);

/** Everything that two devices have to tell each other at first, over many segments and logs. */
const apart = async (): Promise<Scene> => {
  const scene = await Scene.create(2, 1);
  await scene.write(0, 0, 5);
  await scene.write(0, 1, 0);
  await scene.write(1, 0, 2);
  return scene;
};

const bytesOf = ({ rules, world }: Scene): number =>
  world.devices.reduce((sum, device) => sum + rules.recordBytesTo(device), 0);

describe('a session that is cut', () => {
  test('after any step goes on from there when it begins again', async () => {
    const whole = await apart();
    await whole.unite();
    whole.check();
    const recordBytes = bytesOf(whole);
    let ended = false;
    for (let steps = 0; !ended; steps += 1) {
      const scene = await apart();
      scene.world.connect(0, 1);
      await scene.world.settle(steps);
      ended = scene.digests.size === 1;
      scene.rules.cut(0, 1);
      await scene.unite();
      scene.check();
      // Here each segment is one frame: nothing that arrived comes a second time.
      expect(bytesOf(scene)).toBe(recordBytes);
    }
  }, 120_000);

  test('after every few steps still comes to an end', async () => {
    for (const every of [20, 30, 45]) {
      const scene = await apart();
      for (let cuts = 0; scene.digests.size > 1; cuts += 1) {
        expect(cuts).toBeLessThan(200);
        scene.world.connect(0, 1);
        await scene.world.settle(every);
        scene.rules.cut(0, 1);
      }
      await scene.unite();
      scene.check();
    }
  });
});

describe('a log that two peers hold', () => {
  test('is asked of both at the same time, and no segment twice', async () => {
    const scene = await Scene.create(3, 1);
    const { world, rules } = scene;
    await scene.write(0, 0, 20);
    world.connect(0, 1);
    await world.settle();
    rules.cut(0, 1);
    const whole = rules.recordBytesTo(world.device(1));
    world.connect(0, 2);
    world.connect(1, 2);
    await world.settle();
    const [first = 0, second = 0] = [0, 1].map((peer) =>
      rules.recordBytesTo(world.device(2), world.device(peer)),
    );
    expect(first + second).toBe(whole);
    expect(Math.min(first, second)).toBeGreaterThan(whole / 6);
    await scene.unite();
    scene.check();
  });
});
