import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { NodeApi } from '../../../node/api/index.ts';
import { type Device, newOrigin } from '../../../node/host/device.ts';
import { runDoctor } from '../../../node/host/doctor/doctor.ts';
import { initDevice, openDevice, runDevice } from '../../../node/host/index.ts';
import { createLocalApi, type NetworkControl } from '../../../node/host/local-api.ts';
import { Network } from '../../../node/host/network.ts';
import { openNetworkFiles } from '../../../node/host/network-files.ts';
import { NOT_RUNNING } from '../../../node/host/network-state.ts';
import { openDevice as openEngine } from '../../../node/host/open-device.ts';
import type { RebuildProgress } from '../../../protocol/engine/index.ts';
import { ENGINE_LIMITS } from '../../../protocol/engine/limits.ts';
import { CORE_TYPE } from '../../../protocol/event/index.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** Events of the longer log after the first one: more than are read at once, and than are applied at once. */
const EVENTS = ENGINE_LIMITS.readEventsMax + 2 * ENGINE_LIMITS.appliedAtOnceMax;

const ALL = EVENTS + 2;

const root = mkdtempSync(join(tmpdir(), 'smo-test-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const placeIn = (folder: string) => ({
  home: join(folder, 'home'),
  env: { SMO_STATE_HOME: join(folder, 'state') },
});

beforeAll(async () => {
  const { home, env } = placeIn(root);
  await initDevice(home, { name: 'desk', spaceName: 'family' }, env);
  const device = await openEngine(home, env);
  const write = (i: number) => ({
    type: CORE_TYPE.stateUpdated,
    entityId: `note-${i % 500}`,
    payload: { text: `${i}` },
  });
  await device.host.append(Array.from({ length: EVENTS }, (_, i) => ({ draft: write(i) })));
  // In a log of its own that has seen nothing of the others.
  await device.host.append([{ draft: write(499), origin: newOrigin(device), seen: {} }]);
  await device.close();
});

/** The home with all its events, of whose state nothing is left. */
const withoutState = () => {
  const copy = temporaryFolder();
  cpSync(root, copy, { recursive: true });
  const place = placeIn(copy);
  rmSync(join(place.home, 'state'), { recursive: true });
  return place;
};

const NO_NETWORK: NetworkControl = {
  state: () => NOT_RUNNING,
  started: async () => undefined,
  enable: async () => undefined,
  invites: () => expect.fail(),
};

const all = async (items: AsyncIterable<unknown>): Promise<number> => {
  let count = 0;
  for await (const _ of items) count += 1;
  return count;
};

const networkOf = async (device: Device): Promise<Network> =>
  new Network(device, {
    listen: ['/ip4/127.0.0.1/tcp/0'],
    dial: [],
    mdns: false,
    ...(await openNetworkFiles(device)),
    log: () => undefined,
    onFailure: (error) => expect.fail(error.message),
  });

const QUERIES: readonly (readonly [string, (api: NodeApi) => Promise<unknown>, unknown])[] = [
  ['list', async (api) => Object.keys((await api.list()).entities).length, 500],
  ['show', async (api) => (await api.show({ entity: 'note-499' })).entity.id, 'note-499'],
  ['history', async (api) => (await api.history({ entity: 'note-499' })).events.length, 4],
  ['log', (api) => all(api.log({ follow: false })), ALL],
  ['export', (api) => all(api.export({ format: 'jsonl' })), ALL],
  ['conflicts', async (api) => (await api.conflicts({ all: false })).conflicts.length, 1],
  ['devices', async (api) => (await api.devices()).devices.map(({ name }) => name), ['desk']],
];

describe('while the state is made anew', () => {
  test.each(QUERIES)('%s waits for all of it, where a device is up', async (_name, ask, answer) => {
    const { home, env } = withoutState();
    const device = await openEngine(home, env);
    onTestFinished(() => device.close());
    const api = createLocalApi(device, NO_NETWORK);
    expect(await ask(api)).toEqual(answer);
  });

  test.each(QUERIES)('%s has all of it, where a command opens the home', async (_name, ask, answer) => {
    const { home, env } = withoutState();
    const { api, close } = await openDevice(home, env);
    onTestFinished(close);
    expect((await api.status()).rebuilding).toBeUndefined();
    expect(await ask(api)).toEqual(answer);
  });

  test('whoever waits is told how far it is: who opens the home, and who has it examined', async () => {
    const { home, env } = withoutState();
    const told: RebuildProgress[] = [];
    const onRebuild = (progress: RebuildProgress): void => void told.push(progress);
    const { close } = await openDevice(home, env, onRebuild);
    await close();
    const opened = told.splice(0);
    await runDoctor(home, env, { repair: false, onRebuild });
    for (const progress of [opened, told]) {
      const done = progress.map((each) => each.done);
      expect(new Set(progress.map(({ total }) => total))).toEqual(new Set([ALL]));
      expect(new Set(done).size).toBeGreaterThan(3);
      expect(done).toEqual(done.toSorted((a, b) => a - b));
    }
  });

  test('a device that is up meets nobody, and asks nobody about its logs', async () => {
    const { home, env } = withoutState();
    const device = await openEngine(home, env);
    onTestFinished(() => device.close());
    const order: string[] = [];
    const whole = Promise.withResolvers<void>();
    const host = new Proxy(device.host, {
      get(target, name) {
        if (name === 'caughtUp') return () => whole.promise;
        if (name === 'listen' || name === 'checkOwnLogs') order.push(name);
        const value = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const network = await networkOf({ ...device, host });
    const started = network.start();
    expect(network.state()).toMatchObject({ running: true, addresses: [] });
    // As long as a start takes.
    const other = await networkOf(device);
    await other.start();
    await other.stop();
    order.push('whole');
    whole.resolve();
    await started;
    expect(order).toEqual(['whole', 'listen', 'checkOwnLogs']);
    expect(network.state().addresses).not.toEqual([]);
    await network.stop();
  });

  test('a device that is up is ready when it is whole', async () => {
    const { home, env } = withoutState();
    const stop = new AbortController();
    const said: string[] = [];
    const ready = Promise.withResolvers<NodeApi>();
    const ended = runDevice(
      home,
      {
        listen: [],
        mdns: false,
        dial: [],
        signal: stop.signal,
        log: (line) => said.push(line),
        onReady: ({ api }) => ready.resolve(api),
      },
      env,
    );
    const { rebuilding } = await (await ready.promise).status();
    stop.abort();
    await ended;
    expect(rebuilding).toBeUndefined();
    // Unless it was over before anybody looked.
    for (const line of said)
      expect(line).toMatch(/^applies [\d,]+ of 1,538 stored events that its state lacks; /);
  });

  test('whoever follows the log can leave while nothing happens', async () => {
    const { home, env } = withoutState();
    const { api, close } = await openDevice(home, env);
    onTestFinished(close);
    const events = api.log({ follow: true })[Symbol.asyncIterator]();
    for (let i = 0; i < ALL; i += 1) await events.next();
    const next = events.next();
    await events.return?.();
    expect(await next).toEqual({ done: true, value: undefined });
  });

  test('the founder does not found its space again', async () => {
    const { home, env } = withoutState();
    const device = await openEngine(home, env);
    onTestFinished(() => device.close());
    await device.host.caughtUp();
    expect(device.host.engine.replica.appliedCount).toBe(ALL);
  });

  test('a device can be closed, and goes on later', async () => {
    const { home, env } = withoutState();
    await (await openEngine(home, env)).close();
    const { api, close } = await openDevice(home, env);
    onTestFinished(close);
    expect((await api.status()).entities).toBe(500);
  });
});

test('the doctor holds a long log against a whole rebuild', async () => {
  const { home, env } = placeIn(root);
  expect(await runDoctor(home, env, { repair: false })).toMatchObject({ ok: true, findings: [] });
});
