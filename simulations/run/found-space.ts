import { base32 } from '../../protocol/bytes/index.ts';
import type { Crypto } from '../../protocol/crypto/index.ts';
import { type EventDraft, encodeRecord, type PlacedEvent } from '../../protocol/event/index.ts';
import type { SpaceId } from '../../protocol/manifest/index.ts';
import {
  deviceAdded,
  type Genesis,
  SPACE_NONCE_BYTES,
  spaceCreated,
  spaceIdOf,
  verifyGenesis,
} from '../../protocol/membership/index.ts';
import { bytesOf, type SimDevice, WORLD_BEGIN_MS } from '../device/index.ts';
import type { Draws } from '../draws/index.ts';
import type { Plan } from '../plan/index.ts';

/** A space, and what its founder writes first. */
export interface FoundedSpace {
  readonly space: SpaceId;
  readonly genesis: Genesis;
  /** Written with {@link WORLD_BEGIN_MS}: to the byte the record of the genesis. */
  readonly founding: EventDraft;
  /** The first event of the space. */
  readonly event: PlacedEvent;
  /** Makes all other devices members. */
  readonly admissions: readonly EventDraft[];
}

/** The space of a run, which the first device founds. */
export const foundSpace = (
  crypto: Crypto,
  draws: Draws,
  plan: Pick<Plan, 'name' | 'devices'>,
  devices: readonly SimDevice[],
): FoundedSpace => {
  const [founder, ...others] = devices;
  if (founder === undefined) throw new RangeError('a run needs a device');
  const nonce = base32.encode(bytesOf(draws.stream('engine', devices.length), SPACE_NONCE_BYTES));
  const founding = spaceCreated({ name: plan.name, deviceName: nameOf(0), nonce });
  const record = encodeRecord({ ...founding, timestamp: WORLD_BEGIN_MS });
  const genesis = { origin: founder.ownLogs.notes.main, record };
  const admissions = others
    .filter(({ cloneOf }) => cloneOf === undefined)
    .map(({ number, identity }) =>
      deviceAdded({
        device: identity.signer.device,
        name: nameOf(number),
        role: plan.devices[number]?.role ?? 'writer',
      }),
    );
  const space = spaceIdOf(crypto, genesis);
  const event = verifyGenesis(crypto, space, genesis);
  if (!event.ok) throw new TypeError(event.fault.message);
  return { space, genesis, founding, event: event.value, admissions };
};

/** What a device is called. */
const nameOf = (number: number): string => `device ${number}`;
