import type { PlacedEvent } from '../../protocol/event/index.ts';

/* What control events say: docs/protocol/membership.md, "Control events" and "Words". */

/** Roles, the least privileged first. */
export const LEAST_FIRST = ['replica', 'reader', 'writer', 'admin'];
/** Roles that write. */
export const WRITING = ['writer', 'admin'];

export const isAdd = ({ type }: PlacedEvent): boolean =>
  type === 'plos.mesh/SpaceCreated' || type === 'plos.mesh/DeviceAdded';

export const isRevocation = ({ type }: PlacedEvent): boolean => type === 'plos.mesh/DeviceRevoked';

export const deviceIn = (log: string): string => log.split('.')[0] ?? '';

export const authorOf = ({ origin }: PlacedEvent): string => deviceIn(origin);

export const subjectOf = (event: PlacedEvent): string =>
  event.type === 'plos.mesh/SpaceCreated' ? authorOf(event) : String(event.payload.device);

export const roleIn = ({ type, payload }: PlacedEvent): string | undefined => {
  if (type === 'plos.mesh/SpaceCreated') return 'admin';
  return type === 'plos.mesh/DeviceAdded' || type === 'plos.mesh/RoleChanged'
    ? String(payload.role)
    : undefined;
};

export const nameOf = (event: PlacedEvent | undefined): string | undefined => {
  if (event?.type === 'plos.mesh/SpaceCreated') return String(event.payload.deviceName);
  return event?.type === 'plos.mesh/DeviceAdded' || event?.type === 'plos.mesh/DeviceRenamed'
    ? String(event.payload.name)
    : undefined;
};

export const renamesItself = (event: PlacedEvent): boolean =>
  event.type === 'plos.mesh/DeviceRenamed' && subjectOf(event) === authorOf(event);

export const permits = (role: string | undefined, event: PlacedEvent): boolean =>
  role === 'admin' || (role === 'writer' && renamesItself(event));

/** Whether a control event says something: its type is known, and each member that is looked at is as it should be. */
export const isReadable = ({ type, payload }: PlacedEvent): boolean => {
  const { device, name, role, reason, cut } = payload;
  if (!/^12D3KooW[1-9A-HJ-NP-Za-km-z]{44}$/.test(String(device))) return false;
  const isRole = LEAST_FIRST.includes(String(role));
  if (type === 'plos.mesh/DeviceAdded') return isLabel(name) && isRole;
  if (type === 'plos.mesh/DeviceRenamed') return isLabel(name);
  if (type === 'plos.mesh/RoleChanged') return isRole && (cut === undefined || isCut(cut, device));
  if (type === 'plos.mesh/DeviceRevoked')
    return isCut(cut, device) && (reason === undefined || isLabel(reason));
  return false;
};

const isLabel = (value: unknown): boolean =>
  typeof value === 'string' && value.length >= 1 && value.length <= 128;

const isCut = (value: unknown, device: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.entries(value).every(
    ([log, seq]) => deviceIn(log) === device && Number.isSafeInteger(seq) && Number(seq) >= 0,
  );

export const inTotalOrder = (a: PlacedEvent, b: PlacedEvent): number =>
  a.timestamp - b.timestamp || compareText(a.origin, b.origin) || a.seq - b.seq;

const compareText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

export const placeOf = ({ origin, seq }: PlacedEvent): string => `${origin} ${seq}`;
