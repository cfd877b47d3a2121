import { describe, expect, test } from 'vitest';
import { bothUp, startRig } from './rig.ts';

const TABLE = { dht: { protocol: '/smo/kad/test/1.0.0' } };

describe('the hash table of a space', () => {
  test('leads to a member of which only the others know where it is', async () => {
    const b = await startRig(2, [1, 3], { reach: TABLE });
    const c = await startRig(3, [1, 2], { reach: TABLE, dial: b.mesh.addresses() });
    await bothUp(b, c);
    // It knows one member, and where that one is; nothing is announced on the network.
    const a = await startRig(1, [2, 3], { reach: { ...TABLE, bootstrap: b.mesh.addresses() } });
    await bothUp(a, c);
    expect(a.paths.get(c.device)?.kind).toBe('tcp');
    expect([...a.book.keys(), ...c.book.keys()]).toEqual(expect.arrayContaining([a.device, c.device]));
  });

  test('without it, the same member is not found', async () => {
    const b = await startRig(2, [1, 3]);
    const c = await startRig(3, [1, 2], { dial: b.mesh.addresses() });
    const a = await startRig(1, [2, 3], { reach: { bootstrap: b.mesh.addresses() } });
    await Promise.all([bothUp(b, c), bothUp(a, b)]);
    a.mesh.redialNow();
    expect([a.book.has(c.device), a.history]).toEqual([false, [`+${b.device}`]]);
  });

  test('is for members: a guest is not told where they are', async () => {
    const b = await startRig(2, [3], { reach: TABLE });
    b.inviteOpen = true;
    const c = await startRig(3, [2], { reach: TABLE, dial: b.mesh.addresses() });
    await bothUp(b, c);
    // It takes b and c for members of its own space, and b lets it in as a guest.
    const guest = await startRig(4, [2, 3], { reach: { ...TABLE, bootstrap: b.mesh.addresses() } });
    await guest.until(() => guest.lines.some((line) => line.includes(`could not connect to ${c.device}`)));
    expect([guest.book.has(c.device), guest.up.has(c.device)]).toEqual([false, false]);
  });

  test('a device stops in time with a search under way', async () => {
    const a = await startRig(1, [2, 3], { reach: TABLE });
    const begin = performance.now();
    await a.mesh.stop();
    expect(performance.now() - begin).toBeLessThan(3_000);
  });
});
