import type { DeviceId } from '../crypto/index.ts';
import { compareEvents, deviceOf, type PlacedEvent } from '../event/index.ts';
import type { Place } from '../log/index.ts';
import { type Role, readControl } from './control-event.ts';

/** A device of the space. */
export interface Member {
  readonly device: DeviceId;
  readonly name: string;
  readonly role: Role;
  /** The event that made it a member. */
  readonly since: Place;
}

/** All members, by device. */
export type Membership = ReadonlyMap<DeviceId, Member>;

/** Question to the causal index: has the event at the first place seen the one at the second? */
export type Sees = (place: Place, other: Place) => boolean;

/**
 * The membership that a set of control events makes. The founder is the author of the genesis event, and an
 * admin for ever. An event that adds a device counts if the membership that its own causal past makes has its
 * author as an admin; of several that add the same device the last in the total order stands.
 *
 * A function of the set alone: the order of `control` does not matter as long as it respects causality.
 *
 * @param genesis the verified first event of the space
 */
export const foldMembership = (
  genesis: PlacedEvent,
  control: readonly PlacedEvent[],
  sees: Sees,
): Membership => {
  const founding = readControl(genesis);
  const founder: Member = {
    device: deviceOf(genesis.origin),
    name: founding.ok && founding.value.type === 'space-created' ? founding.value.deviceName : '',
    role: 'admin',
    since: genesis,
  };
  const counted: { readonly event: PlacedEvent; readonly member: Member }[] = [
    { event: genesis, member: founder },
  ];
  for (const event of control) {
    const statement = readControl(event);
    if (!statement.ok || statement.value.type !== 'device-added') continue;
    const { device, name, role } = statement.value;
    if (device === founder.device || !authorIsAdmin(event, counted, sees)) continue;
    counted.push({ event, member: { device, name, role, since: event } });
  }
  const inOrder = counted.toSorted((a, b) => compareEvents(a.event, b.event));
  return new Map(inOrder.map(({ member }) => [member.device, member]));
};

const authorIsAdmin = (
  event: PlacedEvent,
  counted: readonly { readonly event: PlacedEvent; readonly member: Member }[],
  sees: Sees,
): boolean => {
  const author = deviceOf(event.origin);
  const [last] = counted
    .filter(({ event: cause, member }) => member.device === author && sees(event, cause))
    .sort((a, b) => compareEvents(b.event, a.event));
  return last?.member.role === 'admin';
};
