import { expect, test } from 'vitest';
import { type SystemCall, SystemCalls } from '../../../scripts/power-cuts/system-call.ts';

const read = (...lines: readonly string[]): readonly SystemCall[] => {
  const calls = new SystemCalls();
  return lines.flatMap((line) => calls.take(line) ?? []);
};

const bytes = (text: string): Uint8Array => Buffer.from(text);

test('a call is its name, its arguments and what it gave', () => {
  expect(
    read(
      String.raw`17 openat(AT_FDCWD, "\x2f\x61", O_WRONLY|O_CREAT, 0600) = 22`,
      String.raw`17 pwrite64(22, "\x68\x69", 2, 40)    = 2`,
      '17 write(22, "", 0) = 0',
      '17 fsync(22)         = 0',
    ),
  ).toEqual([
    {
      name: 'openat',
      args: ['AT_FDCWD', bytes('/a'), 'O_WRONLY|O_CREAT', 600],
      result: 22,
      began: 1,
      ended: 1,
    },
    { name: 'pwrite64', args: [22, bytes('hi'), 2, 40], result: 2, began: 2, ended: 2 },
    { name: 'write', args: [22, bytes(''), 0], result: 0, began: 3, ended: 3 },
    { name: 'fsync', args: [22], result: 0, began: 4, ended: 4 },
  ]);
});

test('the parts of a vector are one argument', () => {
  const [call] = read(
    String.raw`17 writev(1, [{iov_base="\x61", iov_len=1}, {iov_base="\x62\x63", iov_len=2}], 2) = 3`,
  );
  expect(call?.args).toEqual([1, [bytes('a'), bytes('bc')], 2]);
});

test('a call that fails has a negative result', () => {
  const [call] = read(String.raw`17 unlink("\x61") = -1 ENOENT (No such file or directory)`);
  expect(call).toMatchObject({ name: 'unlink', args: [bytes('a')], result: -1 });
});

test('threads take turns: a call ends where it is resumed', () => {
  const calls = read(
    '17 fsync(5 <unfinished ...>',
    String.raw`18 write(6, "\x61" <unfinished ...>`,
    '17 <... fsync resumed>)              = 0',
    '18 <... write resumed>, 1) = 1',
  );
  expect(calls).toEqual([
    { name: 'fsync', args: [5], result: 0, began: 1, ended: 3 },
    { name: 'write', args: [6, bytes('a'), 1], result: 1, began: 2, ended: 4 },
  ]);
});

test('signals, exits, and calls that never end are passed over', () => {
  expect(
    read(
      '17 --- SIGCHLD {si_signo=SIGCHLD} ---',
      '18 fsync(5 <unfinished ...>',
      '18 <... exit_group resumed>) = ?',
      '19 <... read resumed>) = 3',
      '17 +++ exited with 0 +++',
    ),
  ).toMatchObject([{ name: 'fsync', result: -1 }]);
});

test('a line that is no call is told', () => {
  expect(() => read('17 fsync(5) = 0', 'strace: attached', '17 what?')).toThrow(
    'line 3 of the trace is no call: what?',
  );
});
