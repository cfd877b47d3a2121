import { portableCrypto } from '../../protocol/portable-crypto/index.ts';
import { type FrontierEntry, PublishedFrontier } from '../../protocol/sync/index.ts';
import { RemoteFrontier } from '../../protocol/sync/remote-frontier.ts';

/** What a replica knows of a remote that has said nothing yet. */
export const newRemote = (held?: FrontierEntry): RemoteFrontier =>
  new RemoteFrontier({
    spaceTag: new Uint8Array(8),
    storeId: 'here',
    frontier: new PublishedFrontier(portableCrypto),
    stored: () => undefined,
    held: () => held,
    accepts: () => true,
    verdict: () => undefined,
  });
