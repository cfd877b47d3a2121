import { join } from 'node:path';
import type { NodeApi } from '../../../node/api/index.ts';
import { initDevice, joinDevice, openDevice, runDevice } from '../../../node/index.ts';
import { placeIn, type Workload } from '../workload.ts';
import { append, notes } from './notes.ts';

const LISTEN = ['/ip4/127.0.0.1/tcp/0'];
const MINUTE_MS = 60_000;

/** What another device holds. */
const EVENTS = 3_000;

/** A device joins another one that is up, takes in what that holds, and writes while more comes. */
export const joining: Workload = {
  what: 'it joins another device, and writes while it receives',
  async prepare({ elsewhere }) {
    const other = placeIn(join(elsewhere, 'other'), elsewhere);
    await initDevice(other.home, { name: 'other', spaceName: 'power cuts' }, other.env);
    const { api, close } = await openDevice(other.home, other.env);
    await append(api, notes(EVENTS));
    await close();
    return undefined;
  },
  async run({ home, env, elsewhere }, promise) {
    const other = placeIn(join(elsewhere, 'other'), elsewhere);
    await whileUp(other.home, other.env, [], async (api, addresses) => {
      const { ticket } = await api.invite({ role: 'writer', expiresInMs: MINUTE_MS });
      await joinDevice(home, { ticket, name: 'desk', timeoutMs: MINUTE_MS }, env);
      promise({ events: 0 });
      await append(api, notes(EVENTS));
      await whileUp(home, env, addresses, async (own) => {
        for (const draft of notes(10)) {
          promise(await append(own, [draft]));
          await append(api, notes(50));
        }
        await haveMet(api, own);
      });
    });
  },
};

/** Runs a device while something is done with it. */
const whileUp = async (
  home: string,
  env: { readonly SMO_STATE_HOME: string },
  dial: readonly string[],
  act: (api: NodeApi, addresses: readonly string[]) => Promise<void>,
): Promise<void> => {
  const over = new AbortController();
  const ready = Promise.withResolvers<{ readonly api: NodeApi; readonly addresses: readonly string[] }>();
  const run = { listen: LISTEN, mdns: false, dial, signal: over.signal, log: () => undefined };
  const ended = runDevice(home, { ...run, onReady: ready.resolve }, env);
  ended.catch(ready.reject);
  const { api, addresses } = await ready.promise;
  try {
    await act(api, addresses);
  } finally {
    over.abort();
    await ended;
  }
};

/** Resolves when one device has all that the other one has written. */
const haveMet = async (from: NodeApi, to: NodeApi): Promise<void> => {
  const { origin, frontier } = await from.status();
  for await (const event of to.log({ follow: true })) {
    if (event.origin === origin && event.seq === frontier[origin]) return;
  }
};
