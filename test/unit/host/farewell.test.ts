import { expect, test, vi } from 'vitest';
import { Farewells } from '../../../node/host/farewell.ts';
import type { DeviceId } from '../../../protocol/crypto/index.ts';
import type { Engine } from '../../../protocol/engine/index.ts';
import type { Membership } from '../../../protocol/membership/index.ts';
import { testLog } from '../../support/test-log.ts';

const ADMIN = testLog(1).origin;
const [OLD, STOLEN, AWAY] = [2, 3, 4].map((number) => testLog(number).signer.device) as [
  DeviceId,
  DeviceId,
  DeviceId,
];

/** An engine that knows of revoked devices, and of what one that is connected lacks. */
const engineWith = (initial: readonly DeviceId[]) => {
  const looks = new Set<() => void>();
  const state = {
    former: new Set(initial),
    published: 0,
    lags: new Map<DeviceId, number>([[STOLEN, 0]]),
  };
  const membership = () =>
    ({
      former: new Map([...state.former].map((device) => [device, { revokedAt: { origin: ADMIN, seq: 7 } }])),
    }) as unknown as Membership;
  const engine = {
    get membership() {
      return membership();
    },
    frontier: () => [{ origin: ADMIN, seq: state.published }],
    peers: () => [...state.lags].map(([device, lag]) => ({ device, lag })),
  } as unknown as Engine;
  const waitUntil = (holds: () => boolean, signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (signal.aborted) reject(signal.reason);
        else if (holds()) resolve();
      };
      signal.addEventListener('abort', look);
      looks.add(look);
      look();
    });
  let changes = 0;
  const farewells = (timeoutMs: number) =>
    new Farewells(
      { engine, until: waitUntil },
      () => {
        changes += 1;
      },
      timeoutMs,
    );
  return {
    farewells,
    changes: () => changes,
    /** Something has happened. */
    set: (change: (of: typeof state) => void): void => {
      change(state);
      for (const look of looks) look();
    },
    revoke: (of: Farewells, ...devices: readonly DeviceId[]): void => {
      for (const device of devices) state.former.add(device);
      of.membershipChanged(membership());
    },
  };
};

const LONG_MS = 60_000;

test('a device that is connected stays until it holds what revokes it', async () => {
  const world = engineWith([OLD]);
  const farewells = world.farewells(LONG_MS);
  world.revoke(farewells, STOLEN, AWAY);
  expect([OLD, STOLEN, AWAY].map((device) => farewells.has(device))).toEqual([false, true, false]);
  // Nothing lacks of what is published, but the revocation is not published yet.
  world.set((state) => state.lags.set(STOLEN, 0));
  expect(farewells.has(STOLEN)).toBe(true);
  world.set((state) => {
    state.published = 7;
    state.lags.set(STOLEN, 1);
  });
  await Promise.resolve();
  expect([farewells.has(STOLEN), world.changes()]).toEqual([true, 0]);
  world.set((state) => state.lags.set(STOLEN, 0));
  await vi.waitUntil(() => world.changes() === 1);
  expect(farewells.has(STOLEN)).toBe(false);
  // Nor does it stay when the membership changes again.
  world.revoke(farewells);
  expect(farewells.has(STOLEN)).toBe(false);
});

test('it stays again when its revocation was undone, and it is revoked once more', async () => {
  const world = engineWith([STOLEN]);
  const farewells = world.farewells(LONG_MS);
  world.revoke(farewells);
  expect(farewells.has(STOLEN)).toBe(false);
  world.set((state) => state.former.clear());
  world.revoke(farewells);
  world.revoke(farewells, STOLEN);
  expect(farewells.has(STOLEN)).toBe(true);
  farewells.stop();
});

test('it goes when it hangs up, when its time is over, and when the network stops', async () => {
  const gone = engineWith([]);
  const first = gone.farewells(LONG_MS);
  gone.revoke(first, STOLEN);
  gone.set((state) => state.lags.clear());
  await vi.waitUntil(() => gone.changes() === 1);
  expect(first.has(STOLEN)).toBe(false);

  const slow = engineWith([]);
  const second = slow.farewells(1);
  slow.revoke(second, STOLEN);
  expect(second.has(STOLEN)).toBe(true);
  await vi.waitUntil(() => slow.changes() === 1);
  expect(second.has(STOLEN)).toBe(false);

  const stopped = engineWith([]);
  const third = stopped.farewells(LONG_MS);
  stopped.revoke(third, STOLEN);
  third.stop();
  await vi.waitUntil(() => !third.has(STOLEN));
  expect(stopped.changes()).toBe(0);
});
