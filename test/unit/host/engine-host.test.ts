import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Marker } from '../../../node/home/index.ts';
import { EngineHost } from '../../../node/host/engine-host.ts';
import type { EngineListener } from '../../../node/host/engine-listener.ts';
import type { OwnLogNotes } from '../../../node/host/own-log-keeper.ts';
import type { Signer } from '../../../protocol/crypto/index.ts';
import type { RetirementReason } from '../../../protocol/engine/index.ts';
import { CORE_TYPE, encodeRecord, makeOrigin, type Origin } from '../../../protocol/event/index.ts';
import { SmoError } from '../../../protocol/fault/index.ts';
import { deviceAdded, deviceRevoked, spaceCreated, spaceIdOf } from '../../../protocol/membership/index.ts';
import { portableCrypto } from '../../../protocol/portable-crypto/index.ts';
import { SimDisk } from '../../../simulations/disk/index.ts';
import { update } from '../../support/drafts.ts';
import { numberedSigner } from '../../support/test-signer.ts';

const founder = numberedSigner(1);
const origin = makeOrigin(founder.device, 'aaaaaaaa');
const CREATED_MS = 1_700_000_000_000;
const created = spaceCreated({ name: 'test', deviceName: 'a', nonce: 'aaaaaaaaaaaaaaaa' });
const genesis = { origin, record: encodeRecord({ ...created, timestamp: CREATED_MS }) };

const hosts: EngineHost[] = [];
afterEach(async () => {
  for (const host of hosts.splice(0)) await host.close();
});

/** Notes of a home, in memory: logs `aaaaaaaa`, `baaaaaaa` and so on. */
const notesOf = (signer: Signer): OwnLogNotes => {
  const retired = new Map<Origin, RetirementReason>();
  let main = makeOrigin(signer.device, 'aaaaaaaa');
  return {
    get main() {
      return main;
    },
    retired,
    async retire(log, reason) {
      retired.set(log, reason);
      if (log === main) main = makeOrigin(signer.device, `${'abcdefgh'[retired.size]}aaaaaaa`);
    },
  };
};

const NO_MARKER: Marker = { read: () => new Map(), advance: async () => undefined };

const openHost = async (
  signer: Signer,
  { records, state }: SimDisk,
  marker = NO_MARKER,
): Promise<EngineHost> => {
  const host = await EngineHost.open({
    crypto: portableCrypto,
    signer,
    space: spaceIdOf(portableCrypto, genesis),
    genesis,
    records,
    state,
    marker,
    notes: notesOf(signer),
    behind: [],
    nowMs: () => CREATED_MS + 1000,
  });
  hosts.push(host);
  return host;
};

/** Nobody is there, and nothing may fail. */
const SILENT: EngineListener = {
  send: () => undefined,
  publish: () => undefined,
  disconnect: () => undefined,
  membership: () => undefined,
  refused: () => undefined,
  restored: () => undefined,
  failed: (error) => expect.fail(error.message),
  forked: () => undefined,
  retired: () => undefined,
  strike: () => undefined,
};

/** Joins two hosts as a network would. */
const link = (a: EngineHost, from: Signer, b: EngineHost, to: Signer): void => {
  const listener = (other: EngineHost, self: Signer) => ({
    ...SILENT,
    send: (_: unknown, frame: Uint8Array) =>
      queueMicrotask(() => other.step({ type: 'frame', peer: self.device, frame })),
  });
  a.listen(listener(b, from));
  b.listen(listener(a, to));
  a.step({ type: 'connected', peer: to.device });
  b.step({ type: 'connected', peer: from.device });
};

/** A founder with a sealed segment of 21 events and an open one of 5. */
const founded = async (): Promise<{ readonly host: EngineHost; readonly disk: SimDisk }> => {
  const disk = new SimDisk('founder');
  const host = await openHost(founder, disk);
  await host.append([{ origin, draft: created, timestamp: CREATED_MS, seen: {} }]);
  const append = (count: number) =>
    host.append(Array.from({ length: count }, (_, x) => ({ origin, draft: update('e', { x }) })));
  await append(20);
  await host.seal();
  await append(5);
  return { host, disk };
};

test('what is damaged is not served, and everything else goes on', async () => {
  const { host, disk } = await founded();
  disk.damage({ origin, segment: 1 });
  const reader = numberedSigner(2);
  const other = await openHost(reader, new SimDisk('reader'));
  link(host, founder, other, reader);
  await other.until(() => other.engine.replica.causality.applied(origin) === 21, AbortSignal.timeout(5000));
  await host.append([{ origin, draft: update('e', { x: 99 }) }]);
  expect(other.engine.replica.causality.applied(origin)).toBe(21);
});

test('a state that is rebuilt ends before what is damaged', async () => {
  const { host, disk } = await founded();
  await host.close();
  disk.damage({ origin, segment: 1 });
  await disk.state.clear();
  const again = await openHost(founder, disk);
  await again.caughtUp();
  expect(again.engine.replica.causality.applied(origin)).toBe(21);
  expect([...again.engine.waiting()]).toEqual([
    { place: { origin, seq: 22 }, waitsFor: { origin, seq: 22 }, reason: 'damaged' },
  ]);
});

/** What a host tells of stores that have failed. */
const failuresOf = (host: EngineHost): readonly Error[] => {
  const failures: Error[] = [];
  host.listen({ ...SILENT, failed: (error) => failures.push(error) });
  return failures;
};

test('an append that meets damage ends the engine: half of it may be done', async () => {
  const { host, disk } = await founded();
  const failures = failuresOf(host);
  const [chosen] = await host.append([{ origin, draft: update('e', { x: 'chosen' }) }]);
  disk.damage({ origin, segment: 1 });
  // The chosen value is looked up in its record.
  const resolution = {
    type: CORE_TYPE.conflictResolved,
    entityId: 'e',
    payload: { field: 'x', chosenEventId: chosen?.id ?? '' },
  };
  const soon = AbortSignal.timeout(1000);
  // Who waits for what will never happen is told so.
  const waiting = expect(host.until(() => false, soon)).rejects.toMatchObject({ code: 'store_damaged' });
  const resolving = host.append([{ origin, draft: resolution }]);
  await expect(resolving).rejects.toMatchObject({ code: 'store_damaged' });
  expect(failures).toMatchObject([{ code: 'store_damaged' }]);
  await waiting;
  await expect(host.until(() => false, soon)).rejects.toMatchObject({ code: 'store_damaged' });
  await expect(host.append([{ origin, draft: update('e', { x: 1 }) }])).rejects.toMatchObject({
    code: 'store_damaged',
  });
});

test.each(['state_damaged', 'disk_full', 'store_refused'])(
  'an append that meets %s in a row of state ends the engine as well',
  async (code) => {
    const { host, disk } = await founded();
    await host.close();
    const state = {
      ...disk.state,
      get: (key: string) => {
        if (key.includes('never written')) throw new SmoError(code, 'the state store cannot be read');
        return disk.state.get(key);
      },
    };
    const again = await openHost(founder, { records: disk.records, state } as SimDisk);
    await again.caughtUp();
    const failures = failuresOf(again);
    const draft = update('never written', { x: 1 });
    await expect(again.append([{ origin, draft }])).rejects.toMatchObject({ code });
    expect(failures).toMatchObject([{ code }]);
  },
);

test('a store that fails while nobody waits for it ends the engine', async () => {
  const { host } = await founded();
  const failures = failuresOf(host);
  host.fail(new Error('no space left'));
  const failure = { code: 'store_failed', message: 'the store could not be written: no space left' };
  expect(failures).toMatchObject([failure]);
  await expect(host.append([{ origin, draft: update('e', { x: 1 }) }])).rejects.toMatchObject(failure);
});

describe('the marker', () => {
  const watchedMarker = () => {
    const turns: { readonly logs: Record<Origin, number>; readonly replaced: () => void }[] = [];
    const marker: Marker = {
      read: () => new Map(),
      advance: (logs) => new Promise((replaced) => turns.push({ logs, replaced })),
    };
    return { turns, marker };
  };
  const append = (host: EngineHost, seq: number) =>
    seq === 1
      ? host.append([{ origin, draft: created, timestamp: CREATED_MS, seen: {} }])
      : host.append([{ origin, draft: update('e', { x: seq }) }]);

  test('is replaced after an append is answered, and closing waits for that', async () => {
    const { turns, marker } = watchedMarker();
    const host = await openHost(founder, new SimDisk('founder'), marker);
    await append(host, 1);
    expect(turns).toEqual([]);
    const order: string[] = [];
    const closed = host.close().then(() => order.push('closed'));
    await vi.waitFor(() => expect(turns).toHaveLength(1));
    expect(turns[0]?.logs).toEqual({ [origin]: 1 });
    order.push('replaced');
    turns[0]?.replaced();
    await closed;
    expect(order).toEqual(['replaced', 'closed']);
  });

  test('is waited for by a host that takes nothing more: its stores are closed next', async () => {
    const { turns, marker } = watchedMarker();
    const host = await openHost(founder, new SimDisk('founder'), marker);
    await append(host, 1);
    const closed = host.close();
    await vi.waitFor(() => expect(turns).toHaveLength(1));
    await expect(append(host, 2)).rejects.toMatchObject({ code: 'closed' });
    turns[0]?.replaced();
    await closed;
  });

  test('is replaced once for all that is written within a moment', async () => {
    const { turns, marker } = watchedMarker();
    const host = await openHost(founder, new SimDisk('founder'), marker);
    await append(host, 1);
    await vi.waitFor(() => expect(turns).toHaveLength(1));
    turns[0]?.replaced();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      for (let seq = 2; seq <= 9; seq += 1) await append(host, seq);
      expect(turns).toHaveLength(1);
      vi.advanceTimersByTime(1_000);
      expect(turns.map(({ logs }) => logs)).toEqual([{ [origin]: 1 }, { [origin]: 9 }]);
      turns[1]?.replaced();
    } finally {
      vi.useRealTimers();
    }
    await host.close();
    expect(turns).toHaveLength(2);
  });
});

describe('while the state is made anew', () => {
  /** A founder who has just revoked another device, of whose events only the first counts. */
  const rebuilding = async () => {
    const { host, disk } = await founded();
    const writer = numberedSigner(2);
    await host.append([
      { origin, draft: deviceAdded({ device: writer.device, name: 'writer', role: 'writer' }) },
    ]);
    const other = await openHost(writer, new SimDisk('writer'));
    link(host, founder, other, writer);
    await other.until(() => other.engine.membership.has(writer.device), AbortSignal.timeout(5000));
    const written = await other.append([1, 2, 3].map((x) => ({ draft: update('e', { x }) })));
    const log = makeOrigin(writer.device, 'aaaaaaaa');
    await host.until(
      () => host.engine.replica.causality.applied(log) === written.length,
      AbortSignal.timeout(5000),
    );
    const reads = holdReads(disk);
    await host.append([{ draft: deviceRevoked({ device: writer.device, cut: { [log]: 1 } }) }]);
    expect(host.engine.rebuilding).toBeDefined();
    return { host, reads };
  };

  /** Lets reads of records wait until they are let go. */
  const holdReads = ({ records }: SimDisk) => {
    const gate = Promise.withResolvers<void>();
    const read = records.records.bind(records);
    vi.spyOn(records, 'records').mockImplementation(async (...args) => {
      await gate.promise;
      return read(...args);
    });
    return gate;
  };

  test('what is appended, and sealed, waits for the end of that', async () => {
    const { host, reads } = await rebuilding();
    const appended = host.append([{ draft: update('e', { x: 'after' }) }]);
    const sealed = host.seal();
    expect(host.engine.rebuilding).toBeDefined();
    reads.resolve();
    expect((await appended)[0]?.payload).toEqual({ x: 'after' });
    expect(await sealed).toHaveLength(1);
    expect(host.engine.rebuilding).toBeUndefined();
  });

  test('what waits is refused when the device stops', async () => {
    const { host, reads } = await rebuilding();
    const appended = host.append([{ draft: update('e', { x: 'after' }) }]);
    const closed = host.close();
    await expect(appended).rejects.toMatchObject({ code: 'closed' });
    reads.resolve();
    await closed;
  });
});
