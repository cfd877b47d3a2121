import { randomBytes } from 'node:crypto';
import { base32, base64 } from '../../protocol/bytes/index.ts';
import { encodeRecord, makeOrigin } from '../../protocol/event/index.ts';
import { SPACE_NONCE_BYTES, spaceCreated, spaceIdOf } from '../../protocol/membership/index.ts';
import { nativeCrypto } from '../crypto/index.ts';
import { type Environment, type Home, updateHome } from '../home/index.ts';
import { freshHome } from './fresh-home.ts';
import { openDevice } from './open-device.ts';

/** Makes a home with a new device that founds a new space. */
export const foundSpace = async (
  dir: string,
  input: { readonly name: string; readonly spaceName: string },
  env: Environment,
): Promise<Home> => {
  const { home, discard } = await freshHome(dir, input.name);
  try {
    const draft = spaceCreated({
      name: input.spaceName,
      deviceName: input.name,
      nonce: base32.encode(randomBytes(SPACE_NONCE_BYTES)),
    });
    const origin = makeOrigin(home.key.signer.device, home.file.incarnation);
    const record = encodeRecord({ ...draft, timestamp: Date.now() });
    const founded = await updateHome(home, {
      space: {
        id: spaceIdOf(nativeCrypto, { origin, record }),
        genesis: { origin, record: base64.encode(record) },
      },
    });
    // Opening writes the genesis record into the log.
    await (await openDevice(dir, env)).close();
    return founded;
  } catch (error) {
    await discard();
    throw error;
  }
};
