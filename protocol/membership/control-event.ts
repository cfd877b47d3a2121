import { isJsonObject, type JsonObject, type JsonValue } from '../bytes/index.ts';
import { type DeviceId, parseDeviceId } from '../crypto/index.ts';
import {
  CONTROL_NAMESPACE,
  deviceOf,
  type EventDraft,
  type Origin,
  type PlacedEvent,
  parseOrigin,
  type Seq,
} from '../event/index.ts';
import { accept, refuse, type Verdict } from '../fault/index.ts';
import { MEMBERSHIP_LIMITS } from './limits.ts';
import { isRole, type Role } from './role.ts';

/** Types of the events that build a space's membership. */
export const CONTROL_TYPE = {
  spaceCreated: `${CONTROL_NAMESPACE}/SpaceCreated`,
  deviceAdded: `${CONTROL_NAMESPACE}/DeviceAdded`,
  deviceRevoked: `${CONTROL_NAMESPACE}/DeviceRevoked`,
  deviceRenamed: `${CONTROL_NAMESPACE}/DeviceRenamed`,
  roleChanged: `${CONTROL_NAMESPACE}/RoleChanged`,
} as const;

/** Entity on which the control events of a space are kept. */
const SPACE_ENTITY = 'space';

/** Bytes of randomness in a genesis record, so that no two spaces share an id. */
export const SPACE_NONCE_BYTES = 16;

/**
 * Up to where logs of one device still count, by log. A log that a cut does not name counts as far as the event
 * that states the cut has seen it.
 */
export type Cut = Readonly<Record<Origin, Seq>>;

/** Founds a space; its author is the first admin. */
export interface SpaceCreated {
  readonly type: 'space-created';
  readonly name: string;
  readonly deviceName: string;
}

/** Makes a device a member, or states its name and role anew. */
export interface DeviceAdded {
  readonly type: 'device-added';
  readonly device: DeviceId;
  readonly name: string;
  readonly role: Role;
}

/** Takes a device out of the space for ever. */
export interface DeviceRevoked {
  readonly type: 'device-revoked';
  readonly device: DeviceId;
  readonly cut: Cut;
  readonly reason?: string;
}

/** Gives a device another name. */
export interface DeviceRenamed {
  readonly type: 'device-renamed';
  readonly device: DeviceId;
  readonly name: string;
}

/** Gives a device another role. The cut is of meaning only with a role that does not write. */
export interface RoleChanged {
  readonly type: 'role-changed';
  readonly device: DeviceId;
  readonly role: Role;
  readonly cut: Cut;
}

/** What a control event says, read from its payload. */
export type ControlStatement = SpaceCreated | DeviceAdded | DeviceRevoked | DeviceRenamed | RoleChanged;

/** Whether an event states something about the members of a space, whether its author may or not. */
export const isControlStatement = (event: PlacedEvent): boolean => {
  const statement = readControl(event);
  return statement.ok && statement.value.type !== 'space-created';
};

/** Whether an event belongs to the control namespace, of whatever version. */
export const isControlType = (type: string): boolean => type.startsWith(`${CONTROL_NAMESPACE}/`);

/** The first event of a space: its author is the first admin. */
export const spaceCreated = (input: {
  readonly name: string;
  readonly deviceName: string;
  /** Base32 of {@link SPACE_NONCE_BYTES} random bytes. */
  readonly nonce: string;
}): EventDraft => draft(CONTROL_TYPE.spaceCreated, { ...input });

/** Adds a device to the space. */
export const deviceAdded = (input: {
  readonly device: DeviceId;
  readonly name: string;
  readonly role: Role;
}): EventDraft => draft(CONTROL_TYPE.deviceAdded, { ...input });

/** Revokes a device. The cut names logs of that device alone; see {@link Cut} for those that it leaves out. */
export const deviceRevoked = (input: {
  readonly device: DeviceId;
  readonly cut: Cut;
  /** For people. */
  readonly reason?: string;
}): EventDraft => draft(CONTROL_TYPE.deviceRevoked, { ...input });

/** Renames a device. */
export const deviceRenamed = (input: { readonly device: DeviceId; readonly name: string }): EventDraft =>
  draft(CONTROL_TYPE.deviceRenamed, { ...input });

/** Changes the role of a device; with one that does not write, `cut` says up to where its logs still count. */
export const roleChanged = (input: {
  readonly device: DeviceId;
  readonly role: Role;
  readonly cut?: Cut;
}): EventDraft => draft(CONTROL_TYPE.roleChanged, { ...input });

/** Reads a control event; one of an unknown type or shape says nothing and changes nothing. */
export const readControl = (
  event: Pick<PlacedEvent, 'type' | 'payload'>,
): Verdict<ControlStatement, 'bad_control_event'> => {
  const statement = readStatement(event.type, event.payload);
  return statement === undefined
    ? refuse('bad_control_event', `a ${event.type} event that this version cannot read`)
    : accept(statement);
};

/** Whether a text can name a device or a space, or give a reason: not empty, and bounded. */
export const isLabel = (name: JsonValue | undefined): name is string =>
  typeof name === 'string' && name.length > 0 && name.length <= MEMBERSHIP_LIMITS.labelUnitsMax;

/** What others could not read would be written in vain, and stay in the log: it is not written at all. */
const draft = (type: string, payload: JsonObject): EventDraft => {
  if (readStatement(type, payload) === undefined) {
    throw new TypeError(`nobody could read this ${type}: ${JSON.stringify(payload).slice(0, 200)}`);
  }
  return { type, entityId: SPACE_ENTITY, payload };
};

const readStatement = (type: string, payload: JsonObject): ControlStatement | undefined => {
  if (type === CONTROL_TYPE.spaceCreated) {
    const { name, deviceName } = payload;
    return isLabel(name) && isLabel(deviceName) ? { type: 'space-created', name, deviceName } : undefined;
  }
  const device = readDevice(payload.device);
  if (device === undefined) return undefined;
  const { name, role, reason } = payload;
  switch (type) {
    case CONTROL_TYPE.deviceAdded:
      return isLabel(name) && isRole(role) ? { type: 'device-added', device, name, role } : undefined;
    case CONTROL_TYPE.deviceRenamed:
      return isLabel(name) ? { type: 'device-renamed', device, name } : undefined;
    case CONTROL_TYPE.deviceRevoked: {
      const cut = readCut(device, payload.cut);
      if (cut === undefined || (reason !== undefined && !isLabel(reason))) return undefined;
      return { type: 'device-revoked', device, cut, ...(reason !== undefined && { reason }) };
    }
    case CONTROL_TYPE.roleChanged: {
      const cut = readCut(device, payload.cut === undefined ? {} : payload.cut);
      return cut !== undefined && isRole(role) ? { type: 'role-changed', device, role, cut } : undefined;
    }
    default:
      return undefined;
  }
};

const readDevice = (text: JsonValue | undefined): DeviceId | undefined => {
  const parsed = typeof text === 'string' ? parseDeviceId(text) : undefined;
  return parsed?.ok ? parsed.value : undefined;
};

const readCut = (device: DeviceId, cut: JsonValue | undefined): Cut | undefined => {
  if (!isJsonObject(cut)) return undefined;
  const entries = Object.entries(cut);
  if (entries.length > MEMBERSHIP_LIMITS.cutLogsMax) return undefined;
  const strict = entries.every(([name, seq]) => {
    const origin = parseOrigin(name);
    return origin.ok && deviceOf(origin.value) === device && Number.isSafeInteger(seq) && Number(seq) >= 0;
  });
  return strict ? (cut as Cut) : undefined;
};
