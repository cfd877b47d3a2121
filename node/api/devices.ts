export type Role = 'admin' | 'writer' | 'reader' | 'replica';

export interface DeviceList {
  readonly devices: readonly DeviceView[];
}

export interface DeviceView {
  readonly device: string;
  readonly name: string;
  readonly role: Role;
  /** Whether it is this device. */
  readonly self: boolean;
  readonly connected: boolean;
  /** Events of its logs that are held here and count. */
  readonly events: number;
  /** Events of its logs that are held here and do not count. */
  readonly excluded: number;
  /** Set once it has been revoked. */
  readonly revoked?: Revocation;
}

export interface Revocation {
  /** Id of the device that revoked it. */
  readonly by: string;
  /** Milliseconds since 1970, by the clock of that device. */
  readonly at: number;
  readonly reason: string | null;
  /** Of each log of the device, the last seq that counts. */
  readonly cut: Readonly<Record<string, number>>;
}

export interface RevokeInput {
  readonly device: string;
  readonly reason?: string;
  /** Of what it wrote, only events before the first one that is as late as this count; milliseconds since 1970. */
  readonly before?: number;
}

export interface Invite {
  /** Id of the invite; says nothing of the ticket's secret. */
  readonly invite: string;
  readonly ticket: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

export interface InviteList {
  readonly invites: readonly InviteView[];
}

export interface InviteView {
  readonly invite: string;
  readonly role: Role;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  /** Open: a device can join with it. Spent: one has. Closed: there were too many wrong attempts. */
  readonly state: 'open' | 'spent' | 'closed';
  /** Wrong attempts so far. */
  readonly attempts: number;
}
