import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { DoctorFinding, DoctorReport } from '../../node/api/index.ts';
import type { Environment } from '../../node/home/index.ts';
import { runDoctor } from '../../node/host/doctor/doctor.ts';
import { initDevice, openDevice } from '../../node/host/index.ts';
import type { DeviceId } from '../../protocol/crypto/index.ts';
import type { Origin } from '../../protocol/event/index.ts';
import { changeRow } from './spoiled-store.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { numberedSigner } from './test-signer.ts';

/** A home that is well, and of which each test spoils a copy. */
export interface SoundHome {
  readonly device: DeviceId;
  /** The log that it writes to. */
  readonly origin: Origin;
  copy(): HomeCopy;
}

/** One copy of the home, with its marker. */
export interface HomeCopy {
  readonly dir: string;
  readonly env: Environment;
  /** Path of something in it. */
  path(...names: readonly string[]): string;
  readonly markerPath: string;
  doctor(repair?: boolean, giveUp?: boolean): Promise<DoctorReport>;
  /** Its events and its digest, as text. */
  contents(): Promise<string>;
}

/** Another device that the home was connected to. */
export const OTHER_DEVICE = numberedSigner(7).device;

/** Makes a home with 13 events, in two sealed segments and an open one; another device is in its address book. */
export const makeSoundHome = async (root: string): Promise<SoundHome> => {
  const dir = join(root, 'home');
  const env = { SMO_STATE_HOME: join(root, 'state') };
  const { device, origin } = await initDevice(dir, { name: 'desk', spaceName: 'family' }, env);
  const { api, close } = await openDevice(dir, env);
  for (const name of ['a', 'b', 'c']) {
    const drafts = [1, 2, 3, 4].map((n) => ({
      type: 'plos.core/EntityCreated',
      entityId: `${name}${n}`,
      payload: { n },
    }));
    await api.append({ drafts });
    if (name !== 'c') await api.seal();
  }
  await close();
  const met = { device: OTHER_DEVICE, addresses: ['/ip4/127.0.0.1/tcp/9'] };
  writeFileSync(join(dir, 'address-book.json'), JSON.stringify({ peers: [met] }));
  return {
    device: device as DeviceId,
    origin: origin as Origin,
    copy: () => copyOf(root, device),
  };
};

/** Makes one home for all tests of a file; they get it once they run. */
export const useSoundHome = (): (() => SoundHome) => {
  const root = mkdtempSync(join(tmpdir(), 'smo-test-'));
  let sound: SoundHome;
  beforeAll(async () => {
    sound = await makeSoundHome(root);
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  return () => sound;
};

const copyOf = (root: string, device: string): HomeCopy => {
  const copy = temporaryFolder();
  cpSync(root, copy, { recursive: true });
  const dir = join(copy, 'home');
  const env = { SMO_STATE_HOME: join(copy, 'state') };
  return {
    dir,
    env,
    path: (...names) => join(dir, ...names),
    markerPath: join(copy, 'state', 'markers', `${device}.json`),
    doctor: (repair = false, giveUp = false) => runDoctor(dir, env, { repair, giveUp }),
    contents: async () => {
      const { api, close } = await openDevice(dir, env);
      try {
        const lines = await Array.fromAsync(api.export({ format: 'jsonl' }));
        return [(await api.status()).digest, ...lines].join('\n');
      } finally {
        await close();
      }
    },
  };
};

/** Changes or removes one row of the records of a home. */
export const spoilRecords = (
  home: HomeCopy,
  key: Uint8Array,
  change: (value: Uint8Array) => Uint8Array | undefined,
): Promise<void> => changeRow(home.path('records'), key, change);

/** The findings of a report in short: code and remedy. */
export const codesOf = ({ findings }: DoctorReport): readonly string[] =>
  findings.map(({ code, remedy }) => `${code} ${remedy}`);

/** The findings with a code. */
export const withCode = ({ findings }: DoctorReport, code: string): readonly DoctorFinding[] =>
  findings.filter((finding) => finding.code === code);
