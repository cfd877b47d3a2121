import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOM = join(import.meta.dirname, '../../../simulations/oracle');

/** What the oracle and the engine may both be made of: the shape of events, and how values are written down. */
const SHARED = ['../../protocol/bytes/index.ts', '../../protocol/event/index.ts'];

test('the oracle shares no code with what it judges', () => {
  const files = globSync('*.ts', { cwd: ROOM });
  expect(files).toContain('naive-fold.ts');
  const imported = files.flatMap((file) =>
    [...readFileSync(join(ROOM, file), 'utf8').matchAll(/from\s+'([^']+)'|import\('([^']+)'\)/g)].map(
      ([, from, dynamic]) => from ?? dynamic ?? '',
    ),
  );
  const outside = imported.filter((target) => !target.startsWith('./') && !target.startsWith('node:'));
  expect([...new Set(outside)].filter((target) => !SHARED.includes(target))).toEqual([]);
});
