import { describe, expect, test } from 'vitest';
import type { Operation } from '../../../scripts/power-cuts/operation.ts';
import { OperationRecorder } from '../../../scripts/power-cuts/operation-recorder.ts';
import type { Argument } from '../../../scripts/power-cuts/system-call.ts';

const BEFORE: readonly Operation[] = [
  { type: 'make', folder: 0, name: 'home', node: 1, isFolder: true },
  { type: 'make', folder: 1, name: 'old', node: 2, isFolder: false },
  { type: 'write', node: 2, offset: 0, bytes: Buffer.from('abc') },
];

type Call = readonly [name: string, args: readonly Argument[], result?: number, began?: number];

/** What calls do, one a line of the trace. */
const operationsOf = (...calls: readonly Call[]): readonly Operation[] => {
  const recorder = new OperationRecorder('/w', BEFORE);
  for (const [i, [name, args, result = 0, began = i + 1]] of calls.entries()) {
    recorder.take({ name, args, result, began, ended: i + 1 });
  }
  return recorder.operations.slice(BEFORE.length);
};

const path = (text: string): Uint8Array => Buffer.from(text);
const open = (name: string, flags: string, file: number): Call => [
  'openat',
  ['AT_FDCWD', path(name), flags, 600],
  file,
];
const write = (file: number, text: string): Call => ['write', [file, path(text), text.length], text.length];

describe('bytes', () => {
  test('are written one after the other, into a file that is made', () => {
    expect(operationsOf(open('/w/home/new', 'O_WRONLY|O_CREAT', 7), write(7, 'ab'), write(7, 'c'))).toEqual([
      { type: 'make', folder: 1, name: 'new', node: 3, isFolder: false },
      { type: 'write', node: 3, offset: 0, bytes: path('ab') },
      { type: 'write', node: 3, offset: 2, bytes: path('c') },
    ]);
  });

  test('are written where it is said, or at the end', () => {
    expect(
      operationsOf(
        open('/w/home/old', 'O_WRONLY', 7),
        ['pwrite64', [7, path('x'), 1, 9], 1],
        open('/w/home/old', 'O_WRONLY|O_APPEND', 8),
        write(8, 'y'),
      ),
    ).toEqual([
      { type: 'write', node: 2, offset: 9, bytes: path('x') },
      { type: 'write', node: 2, offset: 10, bytes: path('y') },
    ]);
  });

  test('go when a file is cut off, or opened to be written anew', () => {
    expect(
      operationsOf(open('/w/home/old', 'O_WRONLY|O_CREAT|O_TRUNC', 7), write(7, 'abc'), [
        'ftruncate',
        [7, 1],
      ]),
    ).toEqual([
      { type: 'truncate', node: 2, length: 0 },
      { type: 'write', node: 2, offset: 0, bytes: path('abc') },
      { type: 'truncate', node: 2, length: 1 },
    ]);
  });

  test('are copied within the folder, and not into it', () => {
    const copy: Call = ['copy_file_range', [7, 'NULL', 8, 'NULL', 100, 0], 3];
    const target = open('/w/copy', 'O_WRONLY|O_CREAT', 8);
    expect(operationsOf(open('/w/home/old', 'O_RDONLY', 7), target, copy).at(-1)).toEqual({
      type: 'write',
      node: 3,
      offset: 0,
      bytes: new Uint8Array(path('abc')),
    });
    expect(() => operationsOf(open('/elsewhere', 'O_RDONLY', 7), target, copy)).toThrow('from outside');
  });

  test('that are less than was asked for', () => {
    expect(operationsOf(open('/w/home/old', 'O_WRONLY', 7), ['write', [7, path('abc'), 3], 2])).toMatchObject(
      [{ bytes: path('ab') }],
    );
  });
});

describe('names', () => {
  test('are made, moved, linked and removed', () => {
    expect(
      operationsOf(
        ['mkdir', [path('/w/home/sub'), 700]],
        ['rename', [path('/w/home/old'), path('/w/home/sub/new')]],
        ['link', [path('/w/home/sub/new'), path('/w/again')]],
        ['unlink', [path('/w/home/sub/new')]],
        ['rmdir', [path('/w/home/sub')]],
        ['unlinkat', ['AT_FDCWD', path('/w/again'), 0]],
      ),
    ).toEqual([
      { type: 'make', folder: 1, name: 'sub', node: 3, isFolder: true },
      { type: 'move', folder: 1, name: 'old', toFolder: 3, toName: 'new' },
      { type: 'link', folder: 3, name: 'new', toFolder: 0, toName: 'again' },
      { type: 'remove', folder: 3, name: 'new' },
      { type: 'remove', folder: 1, name: 'sub' },
      { type: 'remove', folder: 0, name: 'again' },
    ]);
  });

  test('of sockets are not known, nor what failed', () => {
    expect(operationsOf(['unlink', [path('/w/home/socket')]], ['unlink', [path('/w/home/old')], -1])).toEqual(
      [],
    );
  });

  test('elsewhere do not count, unless a file comes from there', () => {
    expect(operationsOf(['mkdir', [path('/w2'), 700]], ['rename', [path('/a'), path('/b')]])).toEqual([]);
    expect(() => operationsOf(['rename', [path('/a'), path('/w/home/a')]])).toThrow('comes into the folder');
  });
});

test('a sync covers what was done before it began, whatever other threads do meanwhile', () => {
  expect(
    operationsOf(open('/w/home/old', 'O_WRONLY', 7), write(7, 'x'), write(7, 'y'), ['fsync', [7], 0, 3]),
  ).toEqual([
    { type: 'write', node: 2, offset: 0, bytes: path('x') },
    { type: 'write', node: 2, offset: 1, bytes: path('y') },
    { type: 'sync', node: 2, covers: BEFORE.length + 1 },
  ]);
});

test('the top folder can be synced, and files elsewhere do not count', () => {
  expect(
    operationsOf(open('/w', 'O_RDONLY', 7), ['fsync', [7]], open('/elsewhere', 'O_RDONLY', 7), [
      'fsync',
      [7],
    ]),
  ).toEqual([{ type: 'sync', node: 0, covers: BEFORE.length }]);
});

test('what the process says is noted', () => {
  expect(operationsOf(write(1, 'done\n'))).toEqual([{ type: 'say', text: 'done\n' }]);
});

test('the number of a file that is closed may be given away before that was seen', () => {
  const reopened = open('/w/home/old', 'O_WRONLY', 7);
  expect(
    operationsOf(open('/w/home/new', 'O_CREAT', 7), reopened, ['close', [7], 0, 1], write(7, 'x')).at(-1),
  ).toEqual({
    type: 'write',
    node: 2,
    offset: 0,
    bytes: path('x'),
  });
  expect(operationsOf(open('/w/home/new', 'O_CREAT', 7), ['close', [7]], write(7, 'x'))).toHaveLength(1);
});

test('a call that changes files in another way is refused, where it concerns the folder', () => {
  expect(() => operationsOf(['symlink', [path('/a'), path('/w/home/b')]])).toThrow(
    'calls symlink, which is not known',
  );
  expect(() => operationsOf(open('/w/home/old', 'O_WRONLY', 7), ['fallocate', [7, 0, 0, 100]])).toThrow(
    'fallocate',
  );
  expect(() => operationsOf(open('/w/home', 'O_RDONLY', 7), ['unlinkat', [7, path('old'), 0]])).toThrow(
    'from an open folder',
  );
  expect(operationsOf(['symlink', [path('/a'), path('/b')]], ['unlinkat', [7, path('old'), 0]])).toEqual([]);
});
