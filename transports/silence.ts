import type { ConnectionEncrypter, MessageStream } from '@libp2p/interface';
import { withParts } from './component-parts.ts';

/** How often it is looked whether anything has come, in ms. */
const LOOK_MS = 5_000;

/** Looks one after the other that find nothing until a connection is given up: 20 s, in which each end pings twice. */
const LOOKS_MAX = 4;

/**
 * Gives up connections on which nothing comes any more: libp2p's pings see to it that something does, on one that is alive.
 *
 * Whether a ping is answered in time says less (fact 9): on a slow link it waits behind all that was sent before it. A
 * device that sends a segment of 300 kB at 8 kB/s was cut off each time before it was through. Looks are counted, and not
 * time: a machine that wakes up has heard nothing for hours, either.
 */
export const endingSilence = (encrypter: ConnectionEncrypter): ConnectionEncrypter =>
  withParts<ConnectionEncrypter>(encrypter, {
    secureInbound: async (...[stream, options]: Parameters<ConnectionEncrypter['secureInbound']>) => {
      const secured = await encrypter.secureInbound(stream, options);
      watch(stream);
      return secured;
    },
    secureOutbound: async (...[stream, options]: Parameters<ConnectionEncrypter['secureOutbound']>) => {
      const secured = await encrypter.secureOutbound(stream, options);
      watch(stream);
      return secured;
    },
  });

/** Not before somebody else listens: bytes that come go to whoever does. */
const watch = (stream: MessageStream): void => {
  if (stream.status !== 'open') return;
  let looks = 0;
  const timer = setInterval(() => {
    looks += 1;
    if (looks < LOOKS_MAX) return;
    clearInterval(timer);
    stream.abort(new Error(`nothing has come for ${(LOOKS_MAX * LOOK_MS) / 1_000} s`));
  }, LOOK_MS).unref();
  stream.addEventListener('message', () => {
    looks = 0;
  });
  stream.addEventListener('close', () => clearInterval(timer), { once: true });
};
