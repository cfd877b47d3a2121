/** A process that runs one real device, as its parent asks, and ends with it. */
import { enableCompileCache } from 'node:module';
import process from 'node:process';
import { faultForParent } from '../../files/index.ts';
import type { DeviceAnswer, DeviceCall, DeviceRequest, DeviceResult } from './device-call.ts';
import { InProcessDevice } from './in-process-device.ts';

enableCompileCache();

let device: InProcessDevice | undefined;

/** Whoever has asked gives up by ending this process. */
const { signal } = new AbortController();

const answer = async (call: DeviceCall): Promise<DeviceResult> => {
  if (call.type === 'start') {
    device = await InProcessDevice.start(call.init);
    return device.addresses;
  }
  if (device === undefined) throw new TypeError('the device has not been started');
  switch (call.type) {
    case 'write':
      await device.write(call.batches, signal);
      return undefined;
    case 'holds':
      await device.holds(call.held, signal);
      return undefined;
    case 'seal':
      await device.seal();
      return undefined;
    case 'break':
      await device.break(call.other);
      return undefined;
    case 'held':
      return device.held();
    case 'figures':
      return device.figures();
    case 'stop':
      await device.stop();
      return undefined;
  }
};

const serve = async ({ id, call }: DeviceRequest): Promise<void> => {
  const tell = (message: DeviceAnswer): void => void process.send?.(message);
  try {
    tell({ id, type: 'done', result: await answer(call) });
  } catch (error) {
    const { code, message, hint } = faultForParent(error);
    tell({ id, type: 'failed', code, message, hint });
  }
};

process.on('message', (request) => void serve(request as DeviceRequest));
process.on('disconnect', () => process.exit());
// Ctrl-C reaches the whole group of processes: the parent decides what ends.
process.on('SIGINT', () => undefined);
