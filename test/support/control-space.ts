import { CausalIndex } from '../../protocol/causality/index.ts';
import { type DeviceId, deviceIdFromPublicKey } from '../../protocol/crypto/index.ts';
import { deviceOf, type EventDraft, type PlacedEvent, type Seq } from '../../protocol/event/index.ts';
import {
  type Cut,
  deviceAdded,
  deviceRenamed,
  deviceRevoked,
  foldMembership,
  type Membership,
  type Role,
  roleChanged,
  spaceCreated,
} from '../../protocol/membership/index.ts';
import { AuthoredHistory, type LogName, ORIGINS } from './authored-history.ts';

/** Devices by the name of their first log; X never writes. */
export type DeviceName = 'A' | 'B' | 'C' | 'D' | 'G' | 'X';

const DEVICE_NAMES: readonly DeviceName[] = ['A', 'B', 'C', 'D', 'G', 'X'];

export const deviceNamed = (name: DeviceName): DeviceId =>
  name === 'X' ? deviceIdFromPublicKey(new Uint8Array(32).fill(9)) : deviceOf(ORIGINS[name]);

/** What an event has seen, if not all that there was, and when its author says that it was written. */
interface Sight {
  readonly seen?: Partial<Record<LogName, Seq>>;
  readonly timestamp?: number;
}

type Cuts = Partial<Record<LogName, Seq>>;

/** A space that A founds, told in short: unless stated, an event has seen everything and is the latest. */
export class ControlSpace {
  readonly history = new AuthoredHistory();

  constructor() {
    this.say('A', spaceCreated({ name: 'home', deviceName: 'first', nonce: 'aaaaaaaaaaaaaaaa' }));
  }

  say(log: LogName, draft: Pick<EventDraft, 'type' | 'payload'>, sight: Sight = {}): PlacedEvent {
    return this.history.append({ log, ...draft, seen: this.#everything(log), ...sight });
  }

  add(log: LogName, device: DeviceName, role: Role = 'admin', sight?: Sight): PlacedEvent {
    const name = `${device} by ${log}`;
    return this.say(log, deviceAdded({ device: deviceNamed(device), name, role }), sight);
  }

  revoke(log: LogName, device: DeviceName, cut: Cuts = {}, sight?: Sight): PlacedEvent {
    return this.say(log, deviceRevoked({ device: deviceNamed(device), cut: cutOf(cut) }), sight);
  }

  rename(log: LogName, device: DeviceName, name: string, sight?: Sight): PlacedEvent {
    return this.say(log, deviceRenamed({ device: deviceNamed(device), name }), sight);
  }

  change(log: LogName, device: DeviceName, role: Role, sight?: Sight & { readonly cut?: Cuts }): PlacedEvent {
    const { cut = {}, ...rest } = sight ?? {};
    return this.say(log, roleChanged({ device: deviceNamed(device), role, cut: cutOf(cut) }), rest);
  }

  /** Writes what is no control event. */
  write(log: LogName, count = 1): void {
    for (let i = 0; i < count; i += 1) this.history.append({ log, seen: this.#everything(log) });
  }

  get membership(): Membership {
    const { events } = this.history;
    const [genesis] = events;
    if (genesis === undefined) throw new Error('no genesis');
    const index = new CausalIndex();
    for (const event of new Set(events)) index.apply(event, event.seen);
    return foldMembership(genesis, events, (place, origin) => index.seenSeq(place, origin));
  }

  /** Roles of the members, by name. */
  get roles(): Partial<Record<DeviceName, Role>> {
    const { membership } = this;
    return Object.fromEntries(
      DEVICE_NAMES.flatMap((name) => {
        const role = membership.get(deviceNamed(name))?.role;
        return role === undefined ? [] : [[name, role]];
      }),
    );
  }

  /** Names of the members, all together: who is one. */
  get members(): string {
    return Object.keys(this.roles).join('');
  }

  /** Names of the former members. */
  get former(): string {
    const { former } = this.membership;
    return DEVICE_NAMES.filter((name) => former.has(deviceNamed(name))).join('');
  }

  /** How much of some logs counts. */
  limits(...logs: readonly LogName[]): readonly (Seq | 'unknown' | 'unlimited')[] {
    const { membership } = this;
    return logs.map((log) => {
      const limit = membership.limit(ORIGINS[log]);
      return limit.type === 'limited' ? limit.seq : limit.type;
    });
  }

  #everything(log: LogName): Partial<Record<LogName, Seq>> {
    const names = Object.keys(ORIGINS) as readonly LogName[];
    const held = names.filter((name) => name !== log && this.history.length(name) > 0);
    return Object.fromEntries(held.map((name) => [name, this.history.length(name)]));
  }
}

const cutOf = (cut: Cuts): Cut =>
  Object.fromEntries(Object.entries(cut).map(([log, seq]) => [ORIGINS[log as LogName], seq]));
