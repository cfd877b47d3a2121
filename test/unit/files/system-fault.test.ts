import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { open, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemFault } from '../../../node/files/index.ts';
import { HAS_FULL_DISK } from '../../support/full-disk.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const failureOf = (doing: Promise<unknown>): Promise<unknown> =>
  doing.then(
    () => expect.fail('nothing was refused'),
    (error: unknown) => error,
  );

test('a file that cannot be used is told with its path and what the system says', async () => {
  const folder = temporaryFolder();
  expect(systemFault(await failureOf(readFile(folder)))).toMatchObject({
    code: 'file_unreadable',
    // Reading a folder fails after it was opened, and so does not say of which.
    message: expect.stringMatching(/illegal operation on a directory \(EISDIR, read\)$/),
  });
  const below = join(folder, 'file', 'below');
  writeFileSync(join(folder, 'file'), '');
  expect(systemFault(await failureOf(readFile(below)))).toMatchObject({
    code: 'file_unreadable',
    message: `${below} cannot be used: not a directory (ENOTDIR, open)`,
    hint: expect.stringContaining('that it is yours'),
  });
});

test('a folder that is gone is told as the current one', () => {
  const error = Object.assign(new Error('no such file'), { code: 'ENOENT', errno: -2, syscall: 'uv_cwd' });
  expect(systemFault(error)).toMatchObject({
    code: 'file_unreadable',
    message: 'the current folder cannot be used: no such file or directory (ENOENT, uv_cwd)',
  });
});

test.runIf(HAS_FULL_DISK)(
  'a full disk is told as such, also where the call does not name the file',
  async () => {
    const full = {
      code: 'disk_full',
      message: 'a file cannot be used: no space left on device (ENOSPC, write)',
    };
    expect(systemFault(await failureOf(writeFile('/dev/full', 'x')))).toMatchObject(full);
    const file = await open('/dev/full', 'w');
    const refused = await failureOf(file.writeFile('x'));
    await file.close();
    expect(systemFault(refused)).toMatchObject(full);
  },
);

test('what has nothing to do with files is none of it', async () => {
  const nobody = connect(join(temporaryFolder(), 'nobody.sock'));
  const [unreachable] = await once(nobody, 'error');
  const [unknown] = await once(spawn(join(temporaryFolder(), 'program')), 'error');
  for (const error of [unreachable, unknown, new TypeError('a bug'), 'a text']) {
    expect(systemFault(error)).toBeUndefined();
  }
});
