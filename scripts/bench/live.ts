/**
 * How long an append on one device takes to be seen on the others: `node scripts/bench/live.ts [--appends 1000]
 * [--devices 3] [--gap 0] [--json]`.
 *
 * The devices are processes of their own on this machine, joined over TCP on the loopback interface. This process
 * appends through the control socket of the first and follows the logs of all, so that one clock measures both ends;
 * what the control sockets take is part of the result. One append is made at a time: the next begins when all
 * devices have shown the one before, and `--gap` milliseconds later.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { DeviceProcess } from '../../node/demo/device-process.ts';
import { CORE_TYPE } from '../../protocol/event/index.ts';

/** Appends before the measured ones, while code is compiled and caches fill. */
const WARM_UP = 100;

/** Marks that are given of each measure. */
const PERCENTILES = [50, 95, 99] as const;

interface Measure {
  readonly name: string;
  readonly samples: number[];
}

const { values } = parseArgs({
  options: {
    appends: { type: 'string', default: '1000' },
    devices: { type: 'string', default: '3' },
    gap: { type: 'string', default: '0' },
    json: { type: 'boolean', default: false },
  },
});

const appends = Number(values.appends);
const acknowledged: Measure = { name: 'append answered (durable)', samples: [] };
const seenByWriter: Measure = { name: 'seen by the writer', samples: [] };
const seenByOthers: Measure = { name: 'seen by another device', samples: [] };
const seenByAll: Measure = { name: 'seen by all devices', samples: [] };

const scratch = await mkdtemp(join(tmpdir(), 'smo-bench-'));
const devices = Array.from(
  { length: Number(values.devices) },
  (_, i) =>
    new DeviceProcess(`device-${i + 1}`, {
      command: [process.execPath, resolve(import.meta.dirname, '../../node/cli/main.ts')],
      env: { ...process.env, SMO_STATE_HOME: join(scratch, 'state') },
      folder: join(scratch, 'homes'),
    }),
);
try {
  await pair();
  const followers = devices.map(({ api }) => follow(api));
  for (let i = 0; i < WARM_UP; i += 1) await appendOne(`warm-up-${i}`, followers);
  for (const { samples } of [acknowledged, seenByWriter, seenByOthers, seenByAll]) samples.length = 0;
  for (let i = 0; i < appends; i += 1) await appendOne(`bench-${i}`, followers);
} finally {
  await Promise.all(devices.map((device) => device.stop()));
  await rm(scratch, { recursive: true, force: true });
}
report();

/** The first device makes the space, the others join it and dial those before them. */
async function pair(): Promise<void> {
  const [first, ...others] = devices;
  if (first === undefined) throw new RangeError('at least one device is needed');
  await first.run('init', '--name', first.name, '--space', 'bench');
  await first.up([]);
  for (const [i, device] of others.entries()) {
    const { ticket } = await first.api.invite({ role: 'writer', expiresInMs: 60_000 });
    await device.run('join', ticket, '--name', device.name);
    await device.up(devices.slice(0, i + 1).flatMap(({ addresses }) => addresses));
  }
}

/** When the event of an entity is shown by a device's log, in ms of this process. */
type Follower = (entityId: string) => Promise<number>;

function follow(api: DeviceProcess['api']): Follower {
  const seen = new Map<string, number>();
  const waiting = new Map<string, (atMs: number) => void>();
  const read = async (): Promise<void> => {
    for await (const { entityId } of api.log({ follow: true })) {
      const atMs = performance.now();
      waiting.get(entityId)?.(atMs);
      waiting.delete(entityId);
      seen.set(entityId, atMs);
    }
  };
  // The stream breaks when its process is stopped at the end.
  read().catch(() => undefined);
  return (entityId) =>
    new Promise((found) => {
      const atMs = seen.get(entityId);
      if (atMs === undefined) waiting.set(entityId, found);
      else found(atMs);
    });
}

async function appendOne(entityId: string, followers: readonly Follower[]): Promise<void> {
  const seen = Promise.all(followers.map((seenAt) => seenAt(entityId)));
  const beganMs = performance.now();
  const draft = { type: CORE_TYPE.stateUpdated, entityId, payload: { text: 'something to read' } };
  await devices[0]?.api.append({ drafts: [draft] });
  acknowledged.samples.push(performance.now() - beganMs);
  const [own = beganMs, ...others] = (await seen).map((atMs) => atMs - beganMs);
  seenByWriter.samples.push(own);
  seenByOthers.samples.push(...others);
  seenByAll.samples.push(Math.max(own, ...others));
  if (Number(values.gap) > 0) await pause(Number(values.gap));
}

function report(): void {
  const rows = [acknowledged, seenByWriter, seenByOthers, seenByAll].map(({ name, samples }) => {
    const sorted = samples.toSorted((a, b) => a - b);
    const at = (percent: number): number =>
      Number((sorted[Math.ceil((percent / 100) * sorted.length) - 1] ?? Number.NaN).toFixed(2));
    return { name, ...Object.fromEntries(PERCENTILES.map((percent) => [`p${percent}`, at(percent)])) };
  });
  // On a machine that is busy with something else, the times say more about that.
  const [load = 0] = loadavg();
  const cores = availableParallelism();
  if (values.json) {
    console.log(JSON.stringify({ devices: devices.length, appends, unit: 'ms', load, cores, rows }));
    return;
  }
  console.log(`${appends} appends, ${devices.length} devices on the loopback interface, times in ms`);
  console.log(`load of the machine in the last minute: ${load.toFixed(1)} on ${cores} cores`);
  console.table(Object.fromEntries(rows.map(({ name, ...marks }) => [name, marks])));
}
