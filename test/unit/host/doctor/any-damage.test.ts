import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import type { DoctorReport } from '../../../../node/api/index.ts';
import { type HomeCopy, useSoundHome } from '../../../support/spoiled-home.ts';
import { isRead } from '../../../support/spoiled-store.ts';

const sound = useSoundHome();

const filesIn = (dir: string): readonly string[] =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)))
    .filter((path) => isRead(path) && statSync(join(dir, path)).size > 0)
    .sort();

/** Offsets spread over a file, its ends among them. */
const offsetsIn = (length: number): readonly number[] => [
  ...new Set([0, 0.3, 0.55, 0.8, 1].map((part) => Math.floor(part * (length - 1)))),
];

/** What holds after a repair, whatever the damage was: it has done what it could, and the report says the rest. */
const assertRepaired = (report: DoctorReport, place: string): void => {
  for (const { failure } of report.repairs) expect(failure, place).toBeUndefined();
  expect(
    report.findings.filter(({ remedy }) => remedy === 'repair'),
    place,
  ).toEqual([]);
  for (const { message, hint } of report.findings) {
    expect(message, place).not.toMatch(/undefined|\[object/);
    expect(hint, place).not.toBe('');
  }
};

/** Opens, without an event more, if nothing needs a person. */
const assertOpens = async (home: HomeCopy, report: DoctorReport): Promise<void> => {
  if (report.ok) expect(await home.contents()).toMatch(/^[0-9a-f]{64}/);
};

test('any byte that changes, in any file of a home, is told and repaired, or needs a person', {
  timeout: 300_000,
}, async () => {
  let told = 0;
  let flips = 0;
  for (const name of filesIn(sound().copy().dir)) {
    const { length } = readFileSync(sound().copy().path(name));
    for (const offset of offsetsIn(length)) {
      const home = sound().copy();
      const place = `${name}, byte ${offset}`;
      const bytes = readFileSync(home.path(name));
      bytes[offset] = (bytes[offset] ?? 0) ^ (1 << (offset % 7));
      writeFileSync(home.path(name), bytes);
      const report = await home.doctor();
      if (report.findings.length > 0) told += 1;
      const repaired = await home.doctor(true);
      assertRepaired(repaired, place);
      await assertOpens(home, repaired);
      flips += 1;
    }
  }
  expect(flips).toBeGreaterThan(30);
  // The others change a text that nothing depends on, such as a name or an address.
  expect(told / flips).toBeGreaterThan(0.6);
});

test('any file that is gone is told and repaired, or needs a person', { timeout: 120_000 }, async () => {
  for (const name of filesIn(sound().copy().dir)) {
    if (name === 'home.json' || name === 'address-book.json') continue;
    const home = sound().copy();
    rmSync(home.path(name));
    const report = await home.doctor();
    expect(report.findings.length, name).toBeGreaterThan(0);
    const repaired = await home.doctor(true);
    assertRepaired(repaired, name);
    await assertOpens(home, repaired);
  }
});
