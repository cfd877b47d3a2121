import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Agenda, randomTies } from '../../../simulations/agenda/index.ts';

/** Lets everything happen, and gives the time and the name of each. */
const run = (agenda: Agenda, told: string[]): readonly string[] => {
  for (let happening = agenda.next(); happening !== undefined; happening = agenda.next()) happening();
  return told;
};

describe('an agenda', () => {
  test('keeps the order of time, and at one time that in which things were put down', () => {
    const told: string[] = [];
    fc.assert(
      fc.property(fc.array(fc.nat(20), { maxLength: 3_000, size: 'max' }), (times) => {
        told.length = 0;
        const agenda = new Agenda();
        for (const [i, time] of times.entries()) agenda.at(time, () => void told.push(`${time} ${i}`));
        expect(agenda.size).toBe(times.length);
        const expected = times
          .map((time, i) => ({ time, i }))
          .toSorted((a, b) => a.time - b.time || a.i - b.i)
          .map(({ time, i }) => `${time} ${i}`);
        expect(run(agenda, told)).toEqual(expected);
        expect([agenda.size, agenda.nextUs]).toEqual([0, undefined]);
      }),
      { numRuns: 30 },
    );
  });

  test('lets what happens put down more, also for the same time', () => {
    const agenda = new Agenda();
    const told: string[] = [];
    agenda.at(5, () => {
      told.push(`first at ${agenda.nowUs}`);
      agenda.after(0, () => void told.push(`third at ${agenda.nowUs}`));
      agenda.after(7, () => void told.push(`last at ${agenda.nowUs}`));
    });
    agenda.at(5, () => void told.push(`second at ${agenda.nowUs}`));
    expect(agenda.nextUs).toBe(5);
    expect(run(agenda, told)).toEqual(['first at 5', 'second at 5', 'third at 5', 'last at 12']);
  });

  test('lets ranks decide between things of one time', () => {
    const ranks = [2, 0, 1];
    const agenda = new Agenda(randomTies({ word: () => ranks.shift() ?? 0 }));
    const told: string[] = [];
    for (const name of ['a', 'b', 'c']) agenda.at(1, () => void told.push(name));
    expect(run(agenda, told)).toEqual(['b', 'c', 'a']);
  });

  test('has no place for what is past, or has no time', () => {
    const agenda = new Agenda();
    agenda.at(10, () => undefined);
    agenda.next();
    for (const time of [9, 10.5, Number.NaN, 2 ** 53])
      expect(() => agenda.at(time, () => undefined)).toThrow(RangeError);
    agenda.at(10, () => undefined);
    expect(agenda.size).toBe(1);
  });
});
