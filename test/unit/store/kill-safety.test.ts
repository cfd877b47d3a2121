import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { findFileDamage, openRecordStore } from '../../../node/store/index.ts';
import { type Manifest, verifySegment } from '../../../protocol/manifest/index.ts';
import { portableCrypto } from '../../../protocol/portable-crypto/index.ts';
import { endWithTest } from '../../support/end-with-test.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { numberedRecords, TEST_SPACE } from '../../support/test-log.ts';
import { auditAll } from './store-folders.ts';

const PROCESS = fileURLToPath(new URL('../../support/appending-process.ts', import.meta.url));

/** Starts the appending process and kills it after so many acknowledgements; gives the last seq it printed. */
const appendUntilKilled = async (dir: string, acknowledgements: number): Promise<number> => {
  const child = endWithTest(
    spawn(process.execPath, [PROCESS, dir], { stdio: ['ignore', 'pipe', 'inherit'] }),
  );
  const exited = once(child, 'exit');
  let seq = 0;
  let lines = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    seq = Number(line);
    lines += 1;
    if (lines === acknowledgements) child.kill('SIGKILL');
  }
  const [, signal] = await exited;
  expect(signal).toBe('SIGKILL');
  return seq;
};

test('whatever was acknowledged is there after the process was killed, five times over', async () => {
  const dir = join(temporaryFolder(), 'records');
  for (const acknowledgements of [1, 7, 20, 3, 41]) {
    const acknowledged = await appendUntilKilled(dir, acknowledgements);
    expect(await findFileDamage(dir)).toEqual([]);

    const store = await openRecordStore(dir);
    const [tail] = await store.tails();
    const { origin, firstSeq, events } = tail?.manifest ?? expect.fail('the log is gone');
    const length = firstSeq + events - 1;
    expect(length).toBeGreaterThanOrEqual(acknowledged);
    expect(await store.records(origin, 1, length + 1)).toEqual(numberedRecords(1, length));
    expect((await auditAll(store)).faults).toEqual([]);

    let previous: Manifest | undefined;
    for (const manifest of await store.manifests(origin)) {
      const range = await store.range(origin, manifest.segment, 0);
      const records = range?.records ?? [];
      const verdict = verifySegment(portableCrypto, { space: TEST_SPACE, previous, manifest, records });
      expect(verdict.ok).toBe(true);
      previous = manifest;
    }
    await store.close();
  }
});
