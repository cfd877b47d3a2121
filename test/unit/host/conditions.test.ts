import { expect, test } from 'vitest';
import { Conditions } from '../../../node/host/conditions.ts';

const conditions = () => {
  let failure: Error | undefined;
  const all = new Conditions(() => failure);
  return {
    all,
    fail: (message: string) => {
      failure = new Error(message);
      all.look();
    },
  };
};

const NEVER = new AbortController().signal;

test('a wait ends when its condition holds, and is looked at no more', async () => {
  const { all } = conditions();
  let [count, looks] = [0, 0];
  const waited = all.until(() => {
    looks += 1;
    return count === 2;
  }, NEVER);
  for (; count < 4; count += 1) all.look();
  await waited;
  expect(looks).toBe(4);
});

test('what holds already is not waited for, and an abort comes first', async () => {
  const { all, fail } = conditions();
  await all.until(() => true, NEVER);
  await expect(all.until(() => true, AbortSignal.abort(new Error('stopped')))).rejects.toThrow('stopped');
  fail('disk');
  await all.until(() => true, NEVER);
});

test('a wait ends with its signal, and when nothing happens any more', async () => {
  const { all, fail } = conditions();
  const abort = new AbortController();
  const aborted = all.until(() => false, abort.signal);
  const failed = all.until(() => false, NEVER);
  abort.abort(new Error('stopped'));
  fail('disk');
  await expect(aborted).rejects.toThrow('stopped');
  await expect(failed).rejects.toThrow('disk');
});
