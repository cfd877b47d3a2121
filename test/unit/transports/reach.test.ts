import type { Connection } from '@libp2p/interface';
import type { Multiaddr } from '@multiformats/multiaddr';
import { describe, expect, test } from 'vitest';
import type { DeviceId } from '../../../protocol/crypto/index.ts';
import { circuitTo } from '../../../transports/addresses.ts';
import { type ReachParts, reach } from '../../../transports/reach.ts';
import { deviceOf } from '../../support/numbered-device.ts';

const [device, relay] = [deviceOf(1), deviceOf(2)];
const at = (port: number): string => `/ip4/10.0.0.1/tcp/${port}/p2p/${device}`;
const through = circuitTo(device, relay);
const never = new AbortController().signal;

/** A network in which only these addresses answer. */
const world = (answering: readonly string[], found?: readonly string[]) => {
  const dials: (readonly string[])[] = [];
  const held = new Set<DeviceId>();
  const heldWhileDialling: boolean[] = [];
  const parts: ReachParts = {
    node: {
      dial: async (addresses) => {
        const texts = (addresses as Multiaddr[]).map(String);
        dials.push(texts);
        heldWhileDialling.push(held.has(relay));
        const answers = texts.find((text) => answering.includes(text));
        if (answers === undefined) throw new Error(`nobody at ${texts.join()}`);
        return { id: answers } as Connection;
      },
    },
    hold(other) {
      held.add(other);
      return () => held.delete(other);
    },
    lookUp: found && (async () => found),
  };
  return { parts, dials, held, heldWhileDialling };
};

describe('reaching a device', () => {
  test('is tried at its own addresses first, and through a relay after that', async () => {
    const target = { device, addresses: [at(1), at(2)], relayed: [through] };
    const direct = world([at(2), through]);
    expect((await reach(direct.parts, target, never)).id).toBe(at(2));
    expect(direct.dials).toEqual([[at(1), at(2)]]);

    const relayed = world([through]);
    expect((await reach(relayed.parts, target, never)).id).toBe(through);
    expect(relayed.dials).toEqual([[at(1), at(2)], [through]]);
  });

  test.each([
    ['a relay is tried after it', [through], 1],
    ['nothing is', [], 3],
  ])(
    'comes to each address at some time, though few are dialled in one go, when %s',
    async (_, relayed, few) => {
      const addresses = Array.from({ length: 16 }, (_, i) => at(i + 1));
      const dialled = new Set<string>();
      for (let tries = 0; tries < 16; tries += 1) {
        const { parts, dials } = world([]);
        await expect(reach(parts, { device, addresses, relayed }, never, tries)).rejects.toThrow();
        const [inOneGo = []] = dials;
        // The most promising one is always first, and none is left out.
        expect([inOneGo[0], inOneGo.toSorted()]).toEqual([at(1), addresses.toSorted()]);
        for (const address of inOneGo.slice(0, Math.max(few, 2))) dialled.add(address);
      }
      expect(dialled.size).toBe(16);
    },
  );

  test('lets in the relay on the way, and only while it is dialled', async () => {
    const { parts, held, heldWhileDialling } = world([]);
    await expect(reach(parts, { addresses: [], relayed: [through] }, never)).rejects.toThrow('nobody at');
    expect([heldWhileDialling, held.size]).toEqual([[true], 0]);
  });

  test('asks the others last, and dials only what is new', async () => {
    const target = { device, addresses: [at(1)], relayed: [] };
    const { parts, dials } = world([at(3)], [at(1), through, '/ip4/10.0.0.1/tcp/3']);
    expect((await reach(parts, target, never)).id).toBe(at(3));
    expect(dials).toEqual([[at(1)], [at(3)]]);
    const known = world([], [at(1), through]);
    await expect(reach(known.parts, target, never)).rejects.toMatchObject({
      errors: [expect.anything(), expect.objectContaining({ message: expect.stringMatching(/no other/) })],
    });
  });

  test('that failed tells of every way, and ends when the signal aborts', async () => {
    const target = { device, addresses: [at(1)], relayed: [through] };
    const { parts, dials } = world([]);
    await expect(reach(parts, target, never)).rejects.toThrow(AggregateError);
    expect(dials.length).toBe(2);
    const stopped = world([]);
    await expect(reach(stopped.parts, target, AbortSignal.abort())).rejects.toThrow('nobody at');
    expect(stopped.dials.length).toBe(1);
  });
});
