import { expect, test } from 'vitest';
import { Tasks } from '../../../node/host/tasks.ts';

const tasks = () => {
  const failures: string[] = [];
  return { failures, tasks: new Tasks(({ message }) => void failures.push(message)) };
};

test('what is done exclusively is done one after the other, in the order in which it was asked for', async () => {
  const { tasks: all } = tasks();
  const told: string[] = [];
  const first = Promise.withResolvers<void>();
  const alone = (name: string, until?: Promise<void>) =>
    all.exclusively(async () => {
      told.push(`${name} begins`);
      await until;
      told.push(`${name} ends`);
      return name;
    });
  const both = Promise.all([alone('one', first.promise), alone('two')]);
  first.resolve();
  expect(await both).toEqual(['one', 'two']);
  expect(told).toEqual(['one begins', 'one ends', 'two begins', 'two ends']);
});

test('what fails alone is told to who asked, and the next one has its turn', async () => {
  const { tasks: all, failures } = tasks();
  const failing = all.exclusively(() => Promise.reject(new Error('full')));
  const next = all.exclusively(async () => 'done');
  await expect(failing).rejects.toThrow('full');
  expect(await next).toBe('done');
  expect(failures).toEqual([]);
});

test('it is settled when all is done, that too which was begun meanwhile, and what has failed', async () => {
  const { tasks: all, failures } = tasks();
  const told: string[] = [];
  const first = Promise.withResolvers<void>();
  all.run(async () => {
    await first.promise;
    all.run(async () => {
      await Promise.resolve();
      told.push('second');
    });
    told.push('first');
  });
  all.run(() => Promise.reject(new Error('full')));
  const settled = all.settled().then(() => told.push('settled'));
  first.resolve();
  await settled;
  expect(told).toEqual(['first', 'second', 'settled']);
  expect(failures).toEqual(['full']);
});
