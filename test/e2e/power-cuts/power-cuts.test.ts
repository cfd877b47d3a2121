import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { examineCrashStates, tryWorkload } from '../../../scripts/power-cuts/trial.ts';
import { watchWorkload } from '../../../scripts/power-cuts/watched-workload.ts';
import { placeIn } from '../../../scripts/power-cuts/workload.ts';
import { WORKLOADS, type WorkloadName } from '../../../scripts/power-cuts/workloads/index.ts';
import { installPackage } from '../../support/apt-package.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const hasStrace = (): boolean => spawnSync('strace', ['true']).status === 0;
if (!hasStrace()) installPackage('strace');

describe.skipIf(!hasStrace())('power cuts', { timeout: 180_000 }, () => {
  test.each<WorkloadName>(['found', 'append', 'join', 'repair'])(
    '%s: all is there that was answered for',
    async (name) => {
      const outcome = await tryWorkload({ name, states: 25, seed: 1, folder: temporaryFolder() });
      expect(outcome).toMatchObject({ states: 25, wrong: [] });
      expect(outcome.syncs).toBeGreaterThan(10);
    },
  );

  test('a device that syncs nothing is found out', async () => {
    const folder = temporaryFolder();
    const place = placeIn(join(folder, 'watched'), join(folder, 'elsewhere'));
    for (const path of [place.folder, place.elsewhere]) mkdirSync(path);
    const before = await WORKLOADS.append.prepare(place);
    const watched = await watchWorkload('append', place);
    const unsafe = { ...watched, operations: watched.operations.filter(({ type }) => type !== 'sync') };
    const { wrong } = await examineCrashStates(
      { name: 'append', states: 25, seed: 1, folder },
      unsafe,
      before,
    );
    expect(wrong.flatMap(({ findings }) => findings)).toContainEqual(
      expect.stringMatching(/^\d+ events were answered for, and \d+ are held$/),
    );
  });
});
