import { generateKeyPairSync } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readMigrated } from '../../../node/home/home-file.ts';
import {
  createHome,
  HOME_LAYOUT,
  type Home,
  openHome,
  secureSocketFolder,
  socketPaths,
  stateHomePath,
  updateHome,
} from '../../../node/home/index.ts';
import { openRecordStore } from '../../../node/store/index.ts';
import { makeOrigin } from '../../../protocol/event/index.ts';
import { portableCrypto } from '../../../protocol/portable-crypto/index.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { TEST_SPACE } from '../../support/test-log.ts';

const newHome = async (): Promise<Home> => createHome(join(temporaryFolder(), 'home'), { name: 'laptop' });

const contentsOf = (dir: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(dir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path, readFileSync(path, 'latin1')]),
  );

const modeOf = (path: string): number => statSync(path).mode & 0o777;

describe('a new home', () => {
  test('opens again as it was made', async () => {
    const made = await newHome();
    const opened = await openHome(made.dir);
    expect(opened.file).toEqual(made.file);
    expect(opened.key.seed).toEqual(made.key.seed);
    expect(opened.file).toMatchObject({ format: 1, name: 'laptop', space: null });
    const message = Uint8Array.of(1, 2, 3);
    const signature = opened.key.signer.sign(message);
    expect(portableCrypto.verify(made.file.device, message, signature)).toBe(true);
  });

  test('belongs to its owner alone, and holds a record store and nothing unfinished', async () => {
    const { dir } = await newHome();
    expect(modeOf(dir)).toBe(0o700);
    expect(modeOf(join(dir, HOME_LAYOUT.key))).toBe(0o600);
    expect(readdirSync(dir).sort()).toEqual(['device.key', 'home.json', 'records']);
    const store = await openRecordStore(join(dir, HOME_LAYOUT.records));
    expect(store.arrivals()).toBe(0);
    await store.close();
  });

  test('has a key and an incarnation of its own', async () => {
    const [a, b] = [await newHome(), await newHome()];
    expect(a.file.device).not.toBe(b.file.device);
    expect(a.file.incarnation).not.toBe(b.file.incarnation);
  });

  test('is not made over another, nor in a folder that holds something', async () => {
    const { dir } = await newHome();
    const before = contentsOf(dir);
    await expect(createHome(dir, { name: 'x' })).rejects.toMatchObject({ code: 'home_exists' });
    expect(contentsOf(dir)).toEqual(before);
    const other = temporaryFolder();
    writeFileSync(join(other, 'letter.txt'), 'dear');
    await expect(createHome(other, { name: 'x' })).rejects.toMatchObject({
      code: 'home_exists',
      message: expect.stringContaining('letter.txt'),
    });
    expect(readdirSync(other)).toEqual(['letter.txt']);
  });

  test('is made anew where the making was interrupted at any step', async () => {
    const { dir } = await newHome();
    for (const left of [[], ['device.key'], ['device.key', 'records']]) {
      const partial = temporaryFolder();
      writeFileSync(join(partial, 'unfinished'), '');
      for (const name of left) cpSync(join(dir, name), join(partial, name), { recursive: true });
      await expect(openHome(partial)).rejects.toMatchObject({ code: 'home_missing' });
      const made = await createHome(partial, { name: 'again' });
      expect((await openHome(partial)).file).toEqual(made.file);
    }
  });
});

describe('updateHome', () => {
  test('changes what is asked for and keeps the rest', async () => {
    const home = await newHome();
    const space = {
      id: TEST_SPACE,
      genesis: { origin: makeOrigin(home.file.device, home.file.incarnation), record: 'AHt9' },
    };
    const joined = await updateHome(home, { space, inviter: home.file.device });
    expect(joined.file).toEqual({ ...home.file, space, inviter: home.file.device });
    const renamed = await updateHome(joined, { name: 'desk', incarnation: 'bbbbbbbb' });
    expect((await openHome(home.dir)).file).toEqual({
      ...joined.file,
      name: 'desk',
      incarnation: 'bbbbbbbb',
    });
    expect(renamed.file.name).toBe('desk');
    expect(readdirSync(home.dir).some((name) => name.endsWith('.tmp'))).toBe(false);
  });
});

describe('opening what is no sound home', () => {
  test('none at all', async () => {
    const dir = temporaryFolder();
    const missing = { code: 'home_missing', hint: expect.stringMatching(/smo init.*smo join/) };
    await expect(openHome(dir)).rejects.toMatchObject(missing);
    await expect(openHome(join(dir, 'absent'))).rejects.toMatchObject(missing);
  });

  test('a home that lost power as soon as it was made, and later its home.json, is not made anew', async () => {
    const { dir } = await newHome();
    writeFileSync(join(dir, 'unfinished'), '');
    await openHome(dir);
    rmSync(join(dir, 'home.json'));
    const files = contentsOf(dir);
    await expect(openHome(dir)).rejects.toMatchObject({ code: 'home_damaged' });
    await expect(createHome(dir, { name: 'laptop' })).rejects.toMatchObject({ code: 'home_exists' });
    expect(contentsOf(dir)).toEqual(files);
  });

  test('a home that has lost its home.json is damaged, not missing', async () => {
    const { dir } = await newHome();
    rmSync(join(dir, 'home.json'));
    await expect(openHome(dir)).rejects.toMatchObject({ code: 'home_damaged' });
    await expect(createHome(dir, { name: 'x' })).rejects.toMatchObject({ code: 'home_exists' });
  });

  test.each([
    ['no text', '', 'not JSON'],
    ['cut short', '{"format":1,', 'not JSON'],
    ['a list', '[]', 'not a JSON object'],
    ['no format', '{}', 'format'],
    ['a format of the past that never was', '{"format":0}', 'format'],
    ['no device', '{"format":1,"name":"x","incarnation":"aaaaaaaa","space":null}', 'device'],
  ])('home.json: %s', async (_, text, what) => {
    const { dir } = await newHome();
    writeFileSync(join(dir, 'home.json'), text);
    await expect(openHome(dir)).rejects.toMatchObject({
      code: 'home_damaged',
      message: expect.stringMatching(new RegExp(`home\\.json.*${what}`)),
    });
  });

  test.each([
    ['device', 'x'],
    ['name', ''],
    ['name', 'x'.repeat(101)],
    ['incarnation', 'AAAAAAAA'],
    ['space', {}],
    ['inviter', 'x'],
    ['surprise', 1],
  ])('home.json: %s is %j', async (member, value) => {
    const { dir, file } = await newHome();
    writeFileSync(join(dir, 'home.json'), JSON.stringify({ ...file, [member]: value }));
    await expect(openHome(dir)).rejects.toMatchObject({
      code: 'home_damaged',
      message: expect.stringContaining(member),
    });
  });

  test('of a later format: refused, and nothing is touched', async () => {
    const { dir } = await newHome();
    writeFileSync(join(dir, 'home.json'), '{"format":2,"anything":true}');
    const before = contentsOf(dir);
    await expect(openHome(dir)).rejects.toMatchObject({
      code: 'home_newer',
      message: expect.stringContaining('format 2'),
    });
    expect(contentsOf(dir)).toEqual(before);
  });

  test('without its key', async () => {
    const { dir } = await newHome();
    rmSync(join(dir, 'device.key'));
    await expect(openHome(dir)).rejects.toMatchObject({ code: 'key_missing' });
  });

  test.skipIf(process.platform === 'win32').each([0o644, 0o640, 0o604, 0o660])(
    'with a key of mode %o',
    async (mode) => {
      const { dir } = await newHome();
      const path = join(dir, 'device.key');
      chmodSync(path, mode);
      await expect(openHome(dir)).rejects.toMatchObject({
        code: 'key_mode',
        message: expect.stringContaining(`0${mode.toString(8)}`),
        hint: expect.stringContaining(`chmod 600 '${path}'`),
      });
      chmodSync(path, 0o400);
      await openHome(dir);
    },
  );

  test('with a key that is none, of another kind, or of another device', async () => {
    const { dir } = await newHome();
    const other = await newHome();
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    const foreign = readFileSync(join(other.dir, 'device.key'), 'utf8');
    const rsaText = rsa.export({ type: 'pkcs8', format: 'pem' }).toString();
    for (const text of ['', 'garbage', foreign.slice(0, 60), rsaText, foreign]) {
      writeFileSync(join(dir, 'device.key'), text);
      await expect(openHome(dir)).rejects.toMatchObject({ code: 'key_damaged' });
    }
  });
});

describe('migrations', () => {
  const table = {
    target: 3,
    steps: {
      1: (file: object) => ({ ...file, format: 2, second: true }),
      2: (file: object) => ({ ...file, format: 3, third: true }),
    },
  };

  test('are taken step by step, with a copy of each format', async () => {
    const { dir, file } = await newHome();
    const first = readFileSync(join(dir, 'home.json'), 'utf8');
    const migrated = await readMigrated(dir, table);
    expect(migrated).toEqual({ ...file, format: 3, second: true, third: true });
    expect(JSON.parse(readFileSync(join(dir, 'home.json'), 'utf8'))).toEqual(migrated);
    expect(readFileSync(join(dir, 'home.json.format-1.bak'), 'utf8')).toBe(first);
    expect(JSON.parse(readFileSync(join(dir, 'home.json.format-2.bak'), 'utf8'))).toMatchObject({
      format: 2,
    });
    expect(await readMigrated(dir, table)).toEqual(migrated);
  });

  test('go on where they were interrupted', async () => {
    const { dir } = await newHome();
    await readMigrated(dir, { ...table, target: 2 });
    expect(await readMigrated(dir, table)).toMatchObject({ format: 3, second: true, third: true });
  });

  test('a step that fails leaves the file as it was', async () => {
    const { dir } = await newHome();
    const before = readFileSync(join(dir, 'home.json'), 'utf8');
    const failing = () => {
      throw new Error('no way on');
    };
    await expect(readMigrated(dir, { target: 2, steps: { 1: failing } })).rejects.toThrow('no way on');
    expect(readFileSync(join(dir, 'home.json'), 'utf8')).toBe(before);
  });
});

describe('paths', () => {
  test('the state folder', () => {
    expect(stateHomePath({ SMO_STATE_HOME: '/s', XDG_STATE_HOME: '/x' }, 'linux')).toBe('/s');
    expect(stateHomePath({ XDG_STATE_HOME: '/x' }, 'linux')).toBe(join('/x', 'smo'));
    expect(stateHomePath({}, 'linux')).toMatch(/\.local[/\\]state[/\\]smo$/);
    expect(stateHomePath({ LOCALAPPDATA: '/l', XDG_STATE_HOME: '/x' }, 'win32')).toBe(join('/l', 'smo'));
  });

  test('the control socket is in the home if that is no longer than 100 bytes, else among temporary files', () => {
    const name = '/control.sock';
    const outside = expect.stringMatching(/^\/tmp\/smo-[0-9a-f]{16}\/control\.sock$/);
    const longest = `/${'h'.repeat(100 - name.length - 1)}`;
    expect(socketPaths(longest, 'linux', '/tmp')).toEqual([longest + name, outside]);
    expect(socketPaths(`${longest}h`, 'linux', '/tmp')).toEqual([outside]);
    const nonAscii = `/${'é'.repeat(43)}`;
    expect(socketPaths(nonAscii, 'darwin', '/tmp')).toEqual([nonAscii + name, outside]);
    expect(socketPaths(`${nonAscii}é`, 'darwin', '/tmp')).toEqual([outside]);
    expect(socketPaths('/home', 'win32')).toEqual([
      expect.stringMatching(/^\\\\\.\\pipe\\smo-[0-9a-f]{16}$/),
    ]);
    expect(socketPaths(`${longest}h`, 'linux', '/tmp')).not.toEqual(
      socketPaths(`${longest}i`, 'linux', '/tmp'),
    );
  });

  test.skipIf(process.platform === 'win32')('the folder of the socket must be the user’s own', async () => {
    const root = temporaryFolder();
    const fresh = join(root, 'fresh');
    await secureSocketFolder(join(fresh, 'control.sock'));
    expect(modeOf(fresh)).toBe(0o700);
    await secureSocketFolder(join(fresh, 'control.sock'));

    const open = join(root, 'open');
    mkdirSync(open);
    chmodSync(open, 0o755);
    const link = join(root, 'link');
    symlinkSync(fresh, link);
    for (const dir of [open, link]) {
      await expect(secureSocketFolder(join(dir, 'control.sock'))).rejects.toMatchObject({
        code: 'socket_folder_unsafe',
        message: expect.stringContaining(dir),
      });
    }
    expect(existsSync(join(link, 'control.sock'))).toBe(false);
  });
});
