import { yamux } from '@chainsafe/libp2p-yamux';
import type { Stream } from '@libp2p/interface';
import { multiaddrConnectionPair } from '@libp2p/utils';
import { pEvent } from 'p-event';

/** Two ends of a real Yamux stream over a connection in memory. */
export const yamuxPair = async (): Promise<readonly [Stream, Stream]> => {
  const [outbound, inbound] = multiaddrConnectionPair();
  const local = yamux()().createStreamMuxer(outbound);
  const remote = yamux()().createStreamMuxer(inbound);
  const accepted = pEvent<'stream', CustomEvent<Stream>>(remote, 'stream');
  const stream = await local.createStream();
  return [stream, (await accepted).detail];
};
