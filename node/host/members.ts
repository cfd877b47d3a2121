import type { DeviceId } from '../../protocol/crypto/index.ts';
import { deviceOf, type EventDraft, type Origin, type Seq } from '../../protocol/event/index.ts';
import { SmoError } from '../../protocol/fault/index.ts';
import {
  deviceRenamed,
  deviceRevoked,
  type FormerMember,
  type Member,
  type Role,
  roleChanged,
} from '../../protocol/membership/index.ts';
import type { DeviceView, RevokeInput } from '../api/index.ts';
import { appendDrafts, type Device } from './device.ts';
import type { NetworkState } from './network-state.ts';
import { revocationOf } from './status.ts';

/** The members of the space, this device first, then by name, and after them those that were revoked. */
export const listDevices = (device: Device, network: NetworkState): readonly DeviceView[] => {
  const { membership } = device.host.engine;
  const self = device.signer.device;
  const inOrder = <M extends Member>(members: Iterable<M>): readonly M[] =>
    [...members].sort(
      (a, b) => Number(b.device === self) - Number(a.device === self) || a.name.localeCompare(b.name, 'en'),
    );
  return [...inOrder(membership.values()), ...inOrder(membership.former.values())].map((member) =>
    viewOf(device, network, member),
  );
};

/** @throws SmoError `device_unknown`, `device_ambiguous`, `not_admin`, `bad_label` */
export const renameDevice = async (
  device: Device,
  network: NetworkState,
  input: { readonly device: string; readonly name: string },
): Promise<DeviceView> => {
  const { device: id } = findMember(device, input.device);
  if (id !== device.signer.device) assertAdmin(device, 'rename other devices');
  return change(
    device,
    network,
    id,
    draftOf(() => deviceRenamed({ device: id, name: input.name })),
  );
};

/** @throws SmoError `device_unknown`, `device_ambiguous`, `not_admin`, `last_admin` */
export const changeRole = async (
  device: Device,
  network: NetworkState,
  input: { readonly device: string; readonly role: Role },
): Promise<DeviceView> => {
  const member = findMember(device, input.device);
  assertAdmin(device, 'change roles');
  if (input.role !== 'admin') assertOtherAdmin(device, member);
  const { device: id } = member;
  if (member.role === input.role) return viewOf(device, network, member);
  return change(device, network, id, roleChanged({ device: id, role: input.role }));
};

/**
 * Revokes a device. Without `before`, what this device has received of it still counts.
 * @throws SmoError `device_unknown`, `device_ambiguous`, `not_admin`, `last_admin`, `bad_label`
 */
export const revokeDevice = async (
  device: Device,
  network: NetworkState,
  { device: text, reason, before }: RevokeInput,
): Promise<DeviceView> => {
  const member = findMember(device, text);
  assertAdmin(device, 'revoke devices');
  assertOtherAdmin(device, member);
  const { device: id } = member;
  const cut = before === undefined ? {} : cutBefore(device, id, before);
  const draft = draftOf(() => deviceRevoked({ device: id, cut, ...(reason !== undefined && { reason }) }));
  return change(device, network, id, draft);
};

const change = async (
  device: Device,
  network: NetworkState,
  id: DeviceId,
  draft: EventDraft,
): Promise<DeviceView> => {
  await appendDrafts(device, [draft]);
  const { membership } = device.host.engine;
  const member = membership.get(id) ?? membership.former.get(id);
  if (member === undefined) throw new TypeError(`device ${id} has vanished from the space`);
  return viewOf(device, network, member);
};

/** Of each log of a device, the last event before the first one that was written at a time or later. */
const cutBefore = (
  { host, reader }: Device,
  id: DeviceId,
  beforeMs: number,
): Readonly<Record<Origin, Seq>> => {
  const cut: Record<Origin, Seq> = {};
  for (const [origin, length] of host.engine.readable()) {
    if (deviceOf(origin) !== id) continue;
    let seq = 0;
    while (seq < length && reader.event({ origin, seq: seq + 1 }).timestamp < beforeMs) seq += 1;
    cut[origin] = seq;
  }
  return cut;
};

const viewOf = (device: Device, network: NetworkState, member: Member | FormerMember): DeviceView => {
  const { engine } = device.host;
  let events = 0;
  let excluded = 0;
  for (const [origin, length] of engine.replica.applied()) {
    if (deviceOf(origin) !== member.device) continue;
    const limit = engine.membership.limit(origin);
    const counted = limit.type === 'limited' ? Math.min(length, limit.seq) : length;
    events += counted;
    excluded += length - counted;
  }
  return {
    device: member.device,
    name: member.name,
    role: member.role,
    self: member.device === device.signer.device,
    connected: network.paths.has(member.device),
    events,
    excluded,
    ...('revokedAt' in member && { revoked: revocationOf(member) }),
  };
};

/** The member that a name, an id or a prefix of an id means. */
const findMember = ({ host }: Device, text: string): Member => {
  const members = [...host.engine.membership.values()];
  const named = members.filter(({ name, device }) => name === text || device === text);
  const found = named.length > 0 ? named : members.filter(({ device }) => device.startsWith(text));
  const [member] = found;
  if (member === undefined || text === '') {
    throw new SmoError(
      'device_unknown',
      `no device of the space is called "${text}"`,
      'Run "smo device list" to see them.',
    );
  }
  if (found.length > 1) {
    throw new SmoError(
      'device_ambiguous',
      `"${text}" may mean ${found.length} devices: ${found.map(({ device }) => device).join(', ')}`,
      'Give the id of the device.',
    );
  }
  return member;
};

/** @throws SmoError `revoked`, `not_admin` */
export const assertAdmin = ({ host, signer }: Device, what: string): void => {
  const { membership } = host.engine;
  if (membership.get(signer.device)?.role === 'admin') return;
  if (membership.former.has(signer.device)) {
    throw new SmoError(
      'revoked',
      `this device has been removed from the space, so it cannot ${what}`,
      'Join again as a new device, in a new home; "smo status" shows who removed it.',
    );
  }
  throw new SmoError(
    'not_admin',
    `only an admin device can ${what}`,
    'Do it on an admin device; "smo device list" shows which are.',
  );
};

/** A space without an admin could never change again. */
const assertOtherAdmin = ({ host }: Device, member: Member): void => {
  if (member.role !== 'admin') return;
  const admins = [...host.engine.membership.values()].filter(({ role }) => role === 'admin');
  if (admins.length > 1) return;
  throw new SmoError(
    'last_admin',
    `"${member.name}" is the only admin of the space`,
    'Make another device an admin first: "smo device role NAME admin".',
  );
};

/** What cannot be written is the caller's mistake. */
const draftOf = (make: () => EventDraft): EventDraft => {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new SmoError('bad_label', 'a name or a reason has 1 to 128 characters', 'Choose a shorter one.');
  }
};
