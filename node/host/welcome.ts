import type { DeviceId } from '../../protocol/crypto/index.ts';
import type { Membership } from '../../protocol/membership/index.ts';
import type { Farewells } from './farewell.ts';
import type { Recovery } from './recovery.ts';

/** What it takes to say who is welcome. */
export interface WelcomeParts {
  readonly self: DeviceId;
  /** The device that let this one in, if there is one. */
  readonly inviter: DeviceId | undefined;
  readonly recovery: Pick<Recovery, 'has' | 'devices'>;
  readonly farewells: Pick<Farewells, 'has'>;
  /** As it is now. */
  membership(): Pick<Membership, 'has' | 'keys'> & { readonly former: Pick<Membership['former'], 'has'> };
}

/** Who may connect and sync with this device, and whom it looks for. */
export class Welcome {
  readonly #parts: WelcomeParts;

  constructor(parts: WelcomeParts) {
    this.#parts = parts;
  }

  has(device: DeviceId): boolean {
    return this.#parts.farewells.has(device) || this.#isSought(device);
  }

  /** The devices to look for, this one too once it is a member. */
  sought(): readonly DeviceId[] {
    const { membership, recovery, inviter } = this.#parts;
    const others = [...recovery.devices(), ...(inviter === undefined ? [] : [inviter])];
    return [...new Set([...membership().keys(), ...others])].filter((device) => this.#isSought(device));
  }

  #isSought(device: DeviceId): boolean {
    const { self, inviter, recovery } = this.#parts;
    const membership = this.#parts.membership();
    if (membership.has(device)) return true;
    if (membership.former.has(device)) return false;
    // Until this device has read that it was let in, it knows the one who did from the ticket.
    const isOutside = !membership.has(self) && !membership.former.has(self);
    return recovery.has(device) || (device === inviter && isOutside);
  }
}
