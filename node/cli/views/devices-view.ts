import type { DeviceView } from '../../api/index.ts';
import { timeText } from '../format.ts';
import { shortId } from '../short-id.ts';
import { tableText } from '../table.ts';

/** `smo device list` for people: who belongs to the space, and who no longer does. */
export const devicesText = async (devices: readonly DeviceView[]): Promise<string> => {
  const nameOf = (id: string): string => devices.find(({ device }) => device === id)?.name ?? shortId(id);
  const members = devices.filter(({ revoked }) => revoked === undefined);
  const table = await tableText(
    ['device', 'role', 'state', 'events', 'excluded', 'id'],
    members.map((device) => [
      device.name,
      device.role,
      stateText(device),
      device.events.toLocaleString('en'),
      device.excluded.toLocaleString('en'),
      shortId(device.device),
    ]),
  );
  const former = devices.filter(({ revoked }) => revoked !== undefined);
  if (former.length === 0) return table;
  const revoked = await tableText(
    ['revoked', 'by', 'at', 'why', 'events', 'excluded', 'id'],
    former.map(({ device, name, events, excluded, revoked: end }) => [
      name,
      nameOf(end?.by ?? ''),
      timeText(end?.at ?? 0),
      end?.reason ?? '',
      events.toLocaleString('en'),
      excluded.toLocaleString('en'),
      shortId(device),
    ]),
  );
  return `${table}\n\n${revoked}`;
};

const stateText = ({ self, connected }: DeviceView): string => {
  if (self) return 'this device';
  return connected ? 'connected' : 'away';
};
