import { expect, test } from 'vitest';
import { openHome } from '../../../node/home/index.ts';
import { freshHome } from '../../../node/host/fresh-home.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

test('a home that an interrupted attempt has left is taken up under the name that is asked for now', async () => {
  const dir = temporaryFolder();
  const { home: first } = await freshHome(dir, 'laptop');
  const { home: second } = await freshHome(dir, 'desk');
  expect(second.file).toEqual({ ...first.file, name: 'desk' });
  expect((await openHome(dir)).file).toEqual(second.file);
});
