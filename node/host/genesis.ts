import { join } from 'node:path';
import { base64 } from '../../protocol/bytes/index.ts';
import { errorFromFault } from '../../protocol/fault/index.ts';
import { type Genesis, verifyGenesis } from '../../protocol/membership/index.ts';
import { nativeCrypto } from '../crypto/index.ts';
import { HOME_FILE, type HomeSpace } from '../home/index.ts';

/**
 * The genesis of a space, as `home.json` keeps it.
 * @throws SmoError `wrong_space` when it does not found that space: the file is damaged
 */
export const readGenesis = (dir: string, space: HomeSpace): Genesis => {
  const { origin, record } = space.genesis;
  const genesis: Genesis = { origin, record: base64.decode(record) ?? new Uint8Array() };
  const founding = verifyGenesis(nativeCrypto, space.id, genesis);
  if (founding.ok) return genesis;
  const { code, message } = founding.fault;
  throw errorFromFault({ code, message: `${join(dir, HOME_FILE)}: ${message}` }, BACKUP);
};

const BACKUP = 'Put home.json back from a backup; the records and the key beside it are as they were.';
