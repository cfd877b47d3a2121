import { expect, test } from 'vitest';
import { bothUp, startRig } from './rig.ts';

const ANNOUNCED_MAX = 16;

test.each([
  ['as many addresses as are allowed are all remembered', ANNOUNCED_MAX],
  ['one more than that is not', ANNOUNCED_MAX + 1],
])('of a device that announces %s', async (_, count) => {
  // One of them is where it listens.
  const announce = Array.from({ length: count - 1 }, (_, i) => `/dns4/host-${i}.example.org/tcp/4001`);
  const a = await startRig(1, [2], { reach: { announce } });
  expect(a.mesh.addresses()).toHaveLength(count);
  const b = await startRig(2, [1], { dial: a.mesh.addresses().slice(0, 1) });
  await bothUp(a, b);
  await b.until(() => (b.book.get(a.device)?.length ?? 0) > 1);
  expect(new Set(b.book.get(a.device))).toEqual(new Set(a.mesh.addresses().slice(0, ANNOUNCED_MAX)));
});
