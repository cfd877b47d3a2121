import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { WAIT } from '../../support/cli-pairing.ts';
import { collected } from '../../support/collected.ts';
import { Arena } from '../../support/hostile/arena.ts';
import { BYZANTINE } from '../../support/hostile/byzantine.ts';
import { HOSTILE_CASES } from '../../support/hostile/cases/index.ts';
import { Scene } from '../../support/hostile/scene.ts';

/** What a victim may hold more in memory after a flood, whatever the flood; far less than what comes. */
const FLOOD_MEMORY_BYTES = 64 * 1024 * 1024;

let arena: Arena;
beforeAll(async () => {
  arena = await Arena.open();
}, 180_000);
afterAll(() => arena.close(), 60_000);

describe('a device that', () => {
  test.each(HOSTILE_CASES.map((each, index) => ({ ...each, name: `mallory-${index}` })))(
    '$title',
    {
      timeout: 180_000,
    },
    async ({ name, role, code, strikes, events, flood, prepare, attack }) => {
      const intruder = await arena.admit(name, role);
      await prepare?.(arena, intruder);
      const before = await arena.condition();
      const struck = await arena.strikes();
      const memory = flood ? (await collected(arena.victim)).heldBytes : undefined;
      const scene = new Scene(arena, intruder, before, (end) => onTestFinished(end));

      const sequel = await attack(scene);
      if (code !== undefined) await arena.logged(new RegExp(`\\b${name}: .*\\b${code}\\b`));

      // A log that has been frozen is taken out of the state a moment after the proof is known.
      const after = { ...before, events: before.events + (events ?? 0) };
      await vi.waitFor(async () => expect(await arena.condition()).toEqual(after), WAIT);
      expect(await arena.strikes()).toEqual({ ...struck, ...(strikes && { [name]: strikes }) });
      if (memory !== undefined)
        expect((await collected(arena.victim)).heldBytes - memory).toBeLessThan(FLOOD_MEMORY_BYTES);
      await sequel?.();
      await arena.goesOn();
      expect(arena.victim.pid).toBe(before.pid);
    },
  );
});

test('the kit speaks wrongly in every way that it lists', () => {
  expect(new Set(HOSTILE_CASES.map(({ kind }) => kind))).toEqual(new Set(BYZANTINE));
  const titles = HOSTILE_CASES.map(({ title }) => title);
  expect(new Set(titles).size).toBe(titles.length);
});
