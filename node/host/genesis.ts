import { base64 } from '../../protocol/bytes/index.ts';
import type { Genesis } from '../../protocol/membership/index.ts';
import type { HomeSpace } from '../home/index.ts';

/** The genesis of a space, as `home.json` keeps it. */
export const readGenesis = ({ genesis }: HomeSpace): Genesis => ({
  origin: genesis.origin,
  record: base64.decode(genesis.record) ?? new Uint8Array(),
});
