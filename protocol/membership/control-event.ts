import { isJsonObject, type JsonObject, type JsonValue } from '../bytes/index.ts';
import { type DeviceId, parseDeviceId } from '../crypto/index.ts';
import { CONTROL_NAMESPACE, EVENT_LIMITS, type EventDraft, type PlacedEvent } from '../event/index.ts';
import { accept, refuse, type Verdict } from '../fault/index.ts';

/** Types of the events that build a space's membership. */
export const CONTROL_TYPE = {
  spaceCreated: `${CONTROL_NAMESPACE}/SpaceCreated`,
  deviceAdded: `${CONTROL_NAMESPACE}/DeviceAdded`,
} as const;

/** What a device may do: an admin also adds devices; a writer writes. */
export type Role = 'admin' | 'writer';

const ROLES: readonly string[] = ['admin', 'writer'] satisfies readonly Role[];

/** Entity on which the control events of a space are kept. */
const SPACE_ENTITY = 'space';

/** Bytes of randomness in a genesis record, so that no two spaces share an id. */
export const SPACE_NONCE_BYTES = 16;

/** What a control event says, read from its payload. */
export type ControlStatement =
  | { readonly type: 'space-created'; readonly name: string; readonly deviceName: string }
  | { readonly type: 'device-added'; readonly device: DeviceId; readonly name: string; readonly role: Role };

/** Whether an event belongs to the control namespace, of whatever version. */
export const isControlType = (type: string): boolean => type.startsWith(`${CONTROL_NAMESPACE}/`);

/** The first event of a space: its author is the first admin. */
export const spaceCreated = (input: {
  readonly name: string;
  readonly deviceName: string;
  /** Base32 of {@link SPACE_NONCE_BYTES} random bytes. */
  readonly nonce: string;
}): EventDraft => ({ type: CONTROL_TYPE.spaceCreated, entityId: SPACE_ENTITY, payload: { ...input } });

/** Adds a device to the space. */
export const deviceAdded = (input: {
  readonly device: DeviceId;
  readonly name: string;
  readonly role: Role;
}): EventDraft => ({ type: CONTROL_TYPE.deviceAdded, entityId: SPACE_ENTITY, payload: { ...input } });

/** Reads a control event; one of an unknown type or shape says nothing and changes nothing. */
export const readControl = (
  event: Pick<PlacedEvent, 'type' | 'payload'>,
): Verdict<ControlStatement, 'bad_control_event'> => {
  const { payload } = event;
  switch (event.type) {
    case CONTROL_TYPE.spaceCreated: {
      const { name, deviceName } = payload;
      if (!isLabel(name) || !isLabel(deviceName)) return bad(event.type);
      return accept({ type: 'space-created', name, deviceName });
    }
    case CONTROL_TYPE.deviceAdded:
      return readDeviceAdded(payload);
    default:
      return bad(event.type);
  }
};

/** Whether a text can be the role of a device. */
export const isRole = (role: JsonValue | undefined): role is Role =>
  typeof role === 'string' && ROLES.includes(role);

/** Whether a text can name a device or a space: not empty, and bounded like every name. */
export const isLabel = (name: JsonValue | undefined): name is string =>
  typeof name === 'string' && name.length > 0 && name.length <= EVENT_LIMITS.nameBytesMax / 4;

const readDeviceAdded = (payload: JsonObject): Verdict<ControlStatement, 'bad_control_event'> => {
  const { device, name, role } = payload;
  if (!isJsonObject(payload) || typeof device !== 'string' || !isLabel(name) || !isRole(role)) {
    return bad(CONTROL_TYPE.deviceAdded);
  }
  const parsed = parseDeviceId(device);
  return parsed.ok
    ? accept({ type: 'device-added', device: parsed.value, name, role })
    : bad(CONTROL_TYPE.deviceAdded);
};

const bad = (type: string) => refuse('bad_control_event', `a ${type} event that this version cannot read`);
