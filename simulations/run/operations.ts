import { CORE_TYPE, type EventDraft } from '../../protocol/event/index.ts';
import { deviceRevoked, roleChanged } from '../../protocol/membership/index.ts';
import { keyParts, type RegisterRow, rowKey, rowPrefix } from '../../protocol/projection/index.ts';
import type { SimDevice } from '../device/index.ts';
import type { Operation, Step } from '../plan/index.ts';

/** Does what somebody does on a device, as the commands of a person would; a device that is down does nothing. */
export const operate = async (
  devices: readonly SimDevice[],
  operation: Exclude<Operation, Step>,
): Promise<void> => {
  const device = devices[operation.device];
  if (device === undefined) throw new RangeError(`there is no device ${operation.device}`);
  if (!device.isUp) return;
  switch (operation.type) {
    case 'write':
      device.write(operation.drafts);
      break;
    case 'seal':
      device.seal();
      break;
    case 'resolve': {
      const resolution = await resolutionOf(device, operation.choice);
      if (resolution !== undefined) device.write([resolution]);
      break;
    }
    case 'revoke':
      device.write([deviceRevoked({ device: idOf(devices, operation.target), cut: {} })]);
      break;
    case 'role':
      device.write([roleChanged({ device: idOf(devices, operation.target), role: operation.role, cut: {} })]);
      break;
  }
};

const idOf = (devices: readonly SimDevice[], number: number) => {
  const device = devices[number];
  if (device === undefined) throw new RangeError(`there is no device ${number}`);
  return device.identity.signer.device;
};

/** Chooses a candidate of one of the conflicts that the device shows as open. */
const resolutionOf = async ({ disk }: SimDevice, choice: number): Promise<EventDraft | undefined> => {
  const open: (readonly [entityId: string, field: string])[] = [];
  for await (const [key] of disk.state.scan(rowPrefix('conflict'))) {
    const [, entityId = '', field = ''] = keyParts(key);
    open.push([entityId, field]);
  }
  const [entityId, field] = open[choice % Math.max(1, open.length)] ?? [];
  if (entityId === undefined || field === undefined) return undefined;
  const { heads } = disk.state.get(rowKey('register', entityId, field)) as unknown as RegisterRow;
  const chosenEventId = heads[Math.floor(choice / open.length) % heads.length]?.id;
  if (chosenEventId === undefined) return undefined;
  return { type: CORE_TYPE.conflictResolved, entityId, payload: { field, chosenEventId } };
};
