import { describe, expect, test } from 'vitest';
import type { CliHost } from '../../../../node/cli/index.ts';
import { fakeHost } from '../fake-host.ts';
import { run, runWith } from '../run.ts';

describe('seal and verify', () => {
  test('seal', async () => {
    const segments = [{ origin: 'o', segment: 3, events: 1, root: 'sha256:ab' }];
    expect((await runWith({ seal: async () => ({ segments }) }, ['seal'])).stdout).toBe(
      'Sealed segment 3: 1 event, sha256:ab\n',
    );
    expect((await runWith({ seal: async () => ({ segments: [] }) }, ['seal'])).stdout).toBe(
      'Nothing to seal.\n',
    );
  });

  const report = { ok: true, logs: 2, segments: 3, events: 1204, digest: 'abcd', findings: [] };
  const damaged = {
    ...report,
    ok: false,
    findings: [{ code: 'root_mismatch', message: 'the root differs', origin: 'o', segment: 2, seq: 7 }],
  };

  test('verify says what was checked', async () => {
    const { code, stdout } = await runWith({ verify: async () => report }, ['verify']);
    expect(code).toBe(0);
    expect(stdout).toBe('All is well: 2 logs, 3 segments, 1,204 events verified.\ndigest  abcd\n');
  });

  test('a fault is named with its place, and fails', async () => {
    const verify = async () => damaged;
    const plain = await runWith({ verify }, ['verify']);
    expect(plain.code).toBe(1);
    expect(plain.stdout).toContain('root_mismatch  log o segment 2 event 7: the root differs');
    const json = await runWith({ verify }, ['verify', '--json']);
    expect(json).toMatchObject({ code: 1, stdout: `${JSON.stringify(damaged)}\n` });
  });

  test('the same fault of one event after the other is one line, and each by itself with --json', async () => {
    const fault = { code: 'store_damaged', message: 'it has changed', origin: 'o', segment: 2 };
    const other = { ...fault, message: 'the row is missing' };
    const findings = [
      ...[7, 8, 9, 11].map((seq) => ({ ...fault, seq })),
      { ...other, seq: 12 },
      { ...other, seq: 13, segment: 3 },
      { ...other, seq: 14, segment: 3 },
      { ...other, seq: 15, segment: 3, origin: 'p' },
      fault,
      fault,
    ];
    const verify = async () => ({ ...damaged, findings });
    const { stdout } = await runWith({ verify }, ['verify']);
    expect(stdout.split('\n').slice(0, -3)).toEqual([
      'store_damaged  log o segment 2 events 7 to 9: it has changed',
      'store_damaged  log o segment 2 event 11: it has changed',
      'store_damaged  log o segment 2 event 12: the row is missing',
      'store_damaged  log o segment 3 events 13 to 14: the row is missing',
      'store_damaged  log p segment 3 event 15: the row is missing',
      'store_damaged  log o segment 2: it has changed',
      'store_damaged  log o segment 2: it has changed',
    ]);
    expect(stdout).toContain('10 faults in ');
    const json = await runWith({ verify }, ['verify', '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({ findings });
  });

  test('verify --smo-os needs no home', async () => {
    const verifySmoOs: CliHost['verifySmoOs'] = async (path) => ({
      ok: false,
      segments: 1,
      events: 2,
      findings: [{ code: 'bad_signature', message: `in ${path}` }],
    });
    const { host, asked } = fakeHost({ host: { verifySmoOs } });
    const outcome = await run(host, ['verify', '--smo-os', '/data']);
    expect(outcome.code).toBe(1);
    expect(outcome.stdout).toContain('bad_signature  in /data');
    expect(asked).toEqual([]);
  });
});
