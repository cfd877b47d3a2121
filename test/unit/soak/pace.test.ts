import { expect, test } from 'vitest';
import { Pace } from '../../../scripts/soak/pace.ts';

test('a calm waits for the turns under way, keeps new ones back, and ends pauses', async () => {
  const pace = new Pace(new AbortController().signal);
  const told: string[] = [];
  const first = Promise.withResolvers<void>();
  const turn = pace.turn(async () => {
    await first.promise;
    told.push('the turn ends');
  });
  const pause = pace.pause(1_000_000).then(() => told.push('the pause ends'));
  const calm = pace.calm(async () => {
    told.push('calm');
  });
  const next = pace.turn(async () => {
    told.push('the next turn');
  });
  await pause;
  first.resolve();
  await Promise.all([turn, calm, next]);
  expect(told).toEqual(['the pause ends', 'the turn ends', 'calm', 'the next turn']);
});

test('a calm with nobody at work begins at once, and a pause within it is short', async () => {
  const pace = new Pace(new AbortController().signal);
  await pace.calm(() => pace.pause(1_000_000));
});

test('nobody takes a turn when the run is over', async () => {
  const over = new AbortController();
  const pace = new Pace(over.signal);
  const pause = pace.pause(1_000_000);
  over.abort();
  await pause;
  let turns = 0;
  await pace.turn(async () => {
    turns += 1;
  });
  expect(turns).toBe(0);
  expect(pace.isOver).toBe(true);
});
