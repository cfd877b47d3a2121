import { expect, test } from 'vitest';
import type { DeviceId } from '../../../protocol/crypto/index.ts';
import { deviceOf } from '../../support/numbered-device.ts';
import { bothUp, freePort, type Rig, startRig } from './rig.ts';

/** How often a device has tried another one in vain. */
const triesOf = (rig: Rig, device: DeviceId): number =>
  rig.lines.filter((line) => line.includes(`could not connect to ${device}`)).length;

test('a bootstrap address leads to the space, with the id of the device and without', async () => {
  const a = await startRig(1, [2, 3]);
  const [whole = ''] = a.mesh.addresses();
  const b = await startRig(2, [1], { reach: { bootstrap: [whole] } });
  const c = await startRig(3, [1], { reach: { bootstrap: [whole.replace(/\/p2p\/.*/, '')] } });
  await Promise.all([bothUp(a, b), bothUp(a, c)]);
});

test('it is tried until somebody of the space is connected, left alone then, and tried again when all are lost', async () => {
  const absent = deviceOf(3);
  const a = await startRig(1, [2, 3]);
  const listen = a.mesh.addresses().map((address) => address.replace(/\/p2p\/.*/, ''));
  await a.mesh.stop();
  const b = await startRig(2, [1, 3], {
    dial: a.mesh.addresses(),
    reach: { bootstrap: [`/ip4/127.0.0.1/tcp/${await freePort()}/p2p/${absent}`] },
  });
  await b.until(() => triesOf(b, absent) >= 2);

  const again = await startRig(1, [2, 3], { listen, dial: b.mesh.addresses() });
  await bothUp(again, b);
  // Whoever it names is a member that is not connected: it would be dialled now, if it were to be.
  b.mesh.redialNow();
  const tries = triesOf(b, absent);
  await again.mesh.stop();
  await b.until(() => b.up.size === 0);
  expect(triesOf(b, absent)).toBe(tries);
  await b.until(() => triesOf(b, absent) > tries);
});

test('an address that is none is refused', async () => {
  await expect(startRig(1, [], { reach: { bootstrap: ['here'] } })).rejects.toMatchObject({
    code: 'bad_address',
  });
});
