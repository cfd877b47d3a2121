import { describe, expect, test } from 'vitest';
import type { MeshOptions } from '../../../transports/index.ts';
import { bothUp, freePort, HIDDEN, named, placed, RELAY, type Rig, startRig } from './rig.ts';

/**
 * Without a memory of addresses a device can't replace a relayed connection by itself: whatever replaces it
 * here is DCUtR, which asks the other side for addresses over the relayed connection.
 */
const FORGETFUL = { addressBook: { addressesOf: () => [] } };

const upgraded = async (a: Rig, b: Rig): Promise<void> => {
  await Promise.all([
    a.until(() => a.paths.get(b.device)?.kind === 'tcp' && a.up.has(b.device)),
    b.until(() => b.paths.get(a.device)?.kind === 'tcp' && b.up.has(a.device)),
  ]);
  for (const [rig, other] of [
    [a, b],
    [b, a],
  ] as const) {
    const lines = rig.history.filter((line) => line.includes(other.device));
    expect(lines.map((line) => line[0])).toEqual(['+', '-', '+']);
  }
};

/** A relay, and two devices behind it, of which the second dials the first. */
const behindRelay = async (
  first: Partial<MeshOptions>,
  second: Partial<MeshOptions>,
): Promise<readonly [Rig, Rig]> => {
  const relay = await startRig(1, [2, 3], RELAY);
  const dial = relay.mesh.addresses();
  const a = await startRig(2, [1, 3], { ...FORGETFUL, ...first, dial });
  await placed(a);
  const b = await startRig(3, [1, 2], { ...FORGETFUL, ...second, dial });
  return [a, b];
};

describe('DCUtR', () => {
  test('a device that is reached through a relay dials the other one, which can be reached directly', async () => {
    const [a, b] = await behindRelay(HIDDEN, named(await freePort()));
    await upgraded(a, b);
  });

  test('a device that can be reached directly is dialled by the one that reached it through a relay', async () => {
    // The second one claims an address too, which leads nowhere: only so do both sides tell their addresses.
    const [a, b] = await behindRelay(named(await freePort()), {
      ...HIDDEN,
      reach: { announce: [`/dns4/localhost/tcp/${await freePort()}`] },
    });
    await upgraded(a, b);
  });

  test('where no address leads anywhere the relayed connection stays', async () => {
    const nowhere = async (): Promise<Partial<MeshOptions>> => ({
      ...HIDDEN,
      reach: { announce: [`/dns4/localhost/tcp/${await freePort()}`] },
    });
    const [a, b] = await behindRelay(await nowhere(), await nowhere());
    await bothUp(a, b);
    a.mesh.send(b.device, new Uint8Array(1));
    await b.until(() => b.frames.length === 1);
    expect(a.paths.get(b.device)?.kind).toBe('relay');
  });
});
