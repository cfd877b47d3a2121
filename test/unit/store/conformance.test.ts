import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRecordStore, openStateStore } from '../../../node/store/index.ts';
import { recordStoreConformance } from '../../conformance/record-store.ts';
import { stateStoreConformance } from '../../conformance/state-store.ts';

interface Closable {
  close(): Promise<void>;
}

/** A harness for stores in a folder, made anew for each test. */
const folderHarness = <Store extends Closable>(openIn: (dir: string) => Promise<Store>) => {
  let dir = '';
  let store: Store | undefined;
  const reopen = async (): Promise<Store> => {
    await store?.close();
    store = await openIn(dir);
    return store;
  };
  return {
    async open() {
      dir = await mkdtemp(join(tmpdir(), 'smo-test-'));
      store = undefined;
      return reopen();
    },
    reopen,
    async close() {
      await store?.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
};

recordStoreConformance(
  'Level',
  folderHarness((dir) => openRecordStore(dir, { create: true })),
);
stateStoreConformance('Level', folderHarness(openStateStore));
