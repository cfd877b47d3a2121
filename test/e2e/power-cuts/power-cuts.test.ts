import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { placeIn } from '../../../scripts/power-cuts/life.ts';
import { LIVES, type LifeName } from '../../../scripts/power-cuts/lives/index.ts';
import { examineDisks, tryLife } from '../../../scripts/power-cuts/trial.ts';
import { watchLife } from '../../../scripts/power-cuts/watched-life.ts';
import { installPackage } from '../../support/apt-package.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const hasStrace = (): boolean => spawnSync('strace', ['true']).status === 0;
if (!hasStrace()) installPackage('strace');

describe.skipIf(!hasStrace())('power cuts', { timeout: 180_000 }, () => {
  test.each<LifeName>(['found', 'append', 'join', 'repair'])(
    '%s: all is there that was answered for',
    async (name) => {
      const outcome = await tryLife({ name, disks: 25, seed: 1, folder: temporaryFolder() });
      expect(outcome).toMatchObject({ disks: 25, wrong: [] });
      expect(outcome.syncs).toBeGreaterThan(10);
    },
  );

  test('a device that syncs nothing is found out', async () => {
    const folder = temporaryFolder();
    const place = placeIn(join(folder, 'watched'), join(folder, 'elsewhere'));
    for (const path of [place.folder, place.elsewhere]) mkdirSync(path);
    const before = await LIVES.append.prepare(place);
    const lived = await watchLife('append', place);
    const unsafe = { ...lived, deeds: lived.deeds.filter(({ type }) => type !== 'sync') };
    const { wrong } = await examineDisks({ name: 'append', disks: 25, seed: 1, folder }, unsafe, before);
    expect(wrong.flatMap(({ findings }) => findings)).toContainEqual(
      expect.stringMatching(/^\d+ events were answered for, and \d+ are held$/),
    );
  });
});
