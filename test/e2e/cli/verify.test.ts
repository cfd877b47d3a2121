import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { VerifyReport } from '../../../node/api/index.ts';
import { openDevice } from '../../../node/host/index.ts';
import { SmoError } from '../../../protocol/fault/index.ts';
import { type CliDevice, newMachine } from '../../support/cli-device.ts';
import { founder } from '../../support/cli-pairing.ts';
import { isRead } from '../../support/spoiled-store.ts';

/** Flips in each file, evenly spread. */
const FLIPS_PER_FILE = 25;

/** A device with two sealed segments and an open one, about forty events, whose files are as after a run. */
const prepared = async (): Promise<CliDevice> => {
  const device = await founder(newMachine(), 'a');
  const input = (from: number, count: number): string =>
    Array.from({ length: count }, (_, i) =>
      JSON.stringify({ type: 'plos.core/EntityCreated', entityId: `e${from + i}`, payload: { n: i } }),
    ).join('\n');
  const append = (from: number, count: number) =>
    device.json(['append', '--jsonl', '-'], { input: input(from, count) });
  await append(0, 15);
  await device.json(['seal']);
  await append(100, 15);
  await device.json(['seal']);
  // The last writes are still in LevelDB's journal: the process ends before it has made a table of them.
  const up = await device.up();
  await up.api.append({
    drafts: [1, 2, 3, 4, 5, 6, 7, 8].map((n) => ({ type: 'a/B', entityId: 'open', payload: { n } })),
  });
  await up.end('SIGKILL');
  return device;
};

interface Outcome {
  /** What `verify` gave, or the error of opening the home. */
  readonly found: VerifyReport | SmoError;
  /** All events, where nothing was found. */
  readonly exported: string;
}

/** Verifies a home as the command does, but in this process: there are hundreds of them. */
const verifyIn = async (device: CliDevice): Promise<Outcome> => {
  try {
    const { api, close } = await openDevice(device.home, {
      SMO_STATE_HOME: join(device.machine.dir, 'state'),
    });
    try {
      const found = await api.verify();
      const lines = found.ok ? await Array.fromAsync(api.export({ format: 'jsonl' })) : undefined;
      return { found, exported: lines?.join('\n') ?? '' };
    } finally {
      await close();
    }
  } catch (error) {
    if (error instanceof SmoError) return { found: error, exported: '' };
    throw error;
  }
};

/** Flips one bit of one byte in a copy of a home, and gives what verifying it says. */
const verifyFlipped = async (device: CliDevice, file: string, offset: number): Promise<Outcome> => {
  const copy = device.machine.device('copy');
  await rm(copy.home, { recursive: true, force: true });
  await cp(device.home, copy.home, { recursive: true, filter: (path) => !path.endsWith('.sock') });
  const path = join(copy.home, 'records', file);
  const bytes = await readFile(path);
  bytes[offset] = (bytes[offset] ?? 0) ^ (1 << (offset % 8));
  await writeFile(path, bytes);
  return verifyIn(copy);
};

/** Where a finding is: a log, with a segment or event, or a file with an offset, or a row of the store. */
const namesPlace = ({ found }: Outcome): boolean => {
  if (found instanceof SmoError) return /records|file /.test(found.message);
  return (
    !found.ok &&
    found.findings.every(
      ({ origin, message }) => origin !== undefined || /\b(?:file|row|log|journal|arrivals)\b/.test(message),
    )
  );
};

test('verify finds a flipped byte anywhere in the store, and names the place', {
  timeout: 90_000,
}, async () => {
  const device = await prepared();
  const { exported } = await verifyIn(device);
  expect(exported.split('\n')).toHaveLength(39);
  const folder = join(device.home, 'records');
  const missed: string[] = [];
  let flips = 0;
  for (const file of await readdir(folder)) {
    const { length } = await readFile(join(folder, file));
    const step = Math.max(1, Math.floor(length / FLIPS_PER_FILE));
    for (let offset = 0; offset < length; offset += step) {
      const outcome = await verifyFlipped(device, file, offset);
      flips += 1;
      if (namesPlace(outcome)) continue;
      // Nothing depends on this byte: everything is as it was.
      expect(outcome.found, `${file} ${offset}`).toMatchObject({ ok: true });
      expect(outcome.exported === exported).toBe(true);
      if (isRead(file)) missed.push(`${file} ${offset}`);
    }
  }
  expect(flips).toBeGreaterThan(100);
  expect(missed).toEqual([]);
});

test('verify finds flipped bytes all over a signed manifest', { timeout: 90_000 }, async () => {
  const device = await prepared();
  const folder = join(device.home, 'records');
  const journal = (await readdir(folder)).filter((file) => file.endsWith('.log')).at(-1) ?? '';
  const text = await readFile(join(folder, journal), 'latin1');
  const start = text.lastIndexOf('{"algo"');
  const end = text.indexOf('}', text.indexOf('"version"', start));
  expect(end - start).toBeGreaterThan(500);
  for (let offset = start; offset <= end; offset += 5) {
    const outcome = await verifyFlipped(device, journal, offset);
    expect(namesPlace(outcome), `byte ${offset - start}: ${JSON.stringify(outcome.found)}`).toBe(true);
  }
});

test('damage is told on the command line with exit code 1, and nothing is changed by looking', async () => {
  const device = await prepared();
  const folder = join(device.home, 'records');
  const table = (await readdir(folder)).find((file) => file.endsWith('.ldb')) ?? '';
  const bytes = await readFile(join(folder, table));
  bytes[10] = (bytes[10] ?? 0) ^ 1;
  await writeFile(join(folder, table), bytes);
  const { exit, stdout, stderr } = await device.run(['--json', 'verify']);
  expect({ exit, stderr }).toEqual({ exit: 1, stderr: '' });
  const report = JSON.parse(stdout);
  expect(report).toMatchObject({ ok: false, digest: null });
  expect(report.findings[0].message).toContain(`file ${table}, at byte 0`);
  const human = await device.run(['verify']);
  expect(human).toMatchObject({ exit: 1, stdout: expect.stringContaining(table) });
  expect(await readFile(join(folder, table))).toEqual(bytes);

  await rm(folder, { recursive: true });
  expect(await device.run(['verify'])).toMatchObject({ exit: 1 });
});
