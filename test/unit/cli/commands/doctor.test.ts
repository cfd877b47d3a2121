import { describe, expect, test } from 'vitest';
import type { DoctorFinding, DoctorReport, Remedy } from '../../../../node/api/index.ts';
import type { CliHost } from '../../../../node/cli/index.ts';
import { SmoError } from '../../../../protocol/fault/index.ts';
import { IDS } from '../fake-host.ts';
import { runWith } from '../run.ts';

const finding = (remedy: Remedy, n: number, hint = `hint ${n}`): DoctorFinding => ({
  code: `code_${n}`,
  subject: 'records',
  message: `what ${n}`,
  remedy,
  hint,
});

const LOG = `${IDS.desk}.cccccccc`;

const HEALTHY: DoctorReport = {
  ok: true,
  findings: [],
  repairs: [],
  healthy: [
    { check: 'home', message: 'in /home' },
    { check: 'records', message: '1 log verified' },
  ],
  skipped: [{ check: 'peers', message: 'the device is not up' }],
};

const doctor = (report: DoctorReport, ...args: readonly string[]) =>
  runWith({}, ['--home', '/home', 'doctor', ...args], { doctor: async () => report });

describe('doctor', () => {
  test('says in a line each what is well and what was not looked at', async () => {
    expect(await doctor(HEALTHY)).toEqual({
      code: 0,
      stderr: '',
      stdout: [
        'Healthy (2)',
        '  home     in /home',
        '  records  1 log verified',
        '',
        'Not looked at (1)',
        '  peers  the device is not up',
        '',
        'Nothing needs to be done.',
        '',
      ].join('\n'),
    });
  });

  test('asks for a repair only with --repair, and gives up only with --give-up', async () => {
    const asked: unknown[] = [];
    const host: Partial<CliHost> = {
      doctor: async (home, { repair, giveUp }) => {
        asked.push([home, { repair, giveUp }]);
        return HEALTHY;
      },
    };
    await runWith({}, ['--home', '/home', 'doctor'], host);
    await runWith({}, ['--home', '/home', 'doctor', '--repair'], host);
    await runWith({}, ['--home', '/home', 'doctor', '--give-up'], host);
    expect(asked).toEqual([
      ['/home', { repair: false, giveUp: false }],
      ['/home', { repair: true, giveUp: false }],
      ['/home', { repair: false, giveUp: true }],
    ]);
  });

  test('tells findings by who has to do something, with what a repair would do, and fails', async () => {
    const report: DoctorReport = {
      ...HEALTHY,
      ok: false,
      findings: [
        finding('person', 1),
        finding('repair', 2, 'the same'),
        finding('repair', 3, 'the same'),
        finding('self', 4),
        finding('none', 5),
      ],
      repairs: [
        {
          repair: 'records',
          message: 'moves the store',
          done: false,
          details: [`log ${LOG} ends`, 'and so on'],
        },
      ],
      healthy: [],
      skipped: [],
    };
    const { code, stdout } = await doctor(report);
    expect(code).toBe(1);
    expect(stdout).toBe(
      [
        'Needs you (1)',
        '  code_1  what 1',
        '      hint 1',
        '',
        'Can be repaired (2)',
        '  code_2  what 2',
        '  code_3  what 3',
        '      the same',
        '',
        'Comes right by itself (1)',
        '  code_4  what 4',
        '      hint 4',
        '',
        'Good to know (1)',
        '  code_5  what 5',
        '      hint 5',
        '',
        '"smo doctor --repair" (1)',
        '  moves the store',
        '      log 12D3KooWdddddddd….cccccccc ends',
        '      and so on',
        '',
        '1 finding for you, 2 findings for "smo doctor --repair".',
        '',
      ].join('\n'),
    );
  });

  test('what comes right by itself is no failure', async () => {
    const { code, stdout } = await doctor({ ...HEALTHY, findings: [finding('self', 1), finding('none', 2)] });
    expect(code).toBe(0);
    expect(stdout).toMatch(/Nothing needs to be done\. 1 finding will pass\.\n$/);
  });

  test('says what was repaired, where the copy is, and what could not be', async () => {
    const { code, stdout } = await doctor(
      {
        ...HEALTHY,
        ok: false,
        findings: [finding('repair', 1)],
        repairs: [
          { repair: 'invites', message: 'moves the invites', done: true, copy: '/home/quarantine/x' },
          {
            repair: 'records',
            message: 'moves the store',
            done: false,
            failure: 'the disk is full. Free some.',
          },
        ],
      },
      '--repair',
    );
    expect(code).toBe(1);
    expect(stdout).toContain('Repaired (1)\n  moves the invites\n      copy: /home/quarantine/x\n');
    expect(stdout).toContain(
      'Could not be repaired (1)\n  moves the store\n      the disk is full. Free some.\n',
    );
  });

  test('shows ten findings of a kind, and counts them all', async () => {
    const findings = Array.from({ length: 12 }, (_, n) => finding('person', n, 'do it'));
    const { stdout } = await doctor({ ...HEALTHY, ok: false, findings });
    expect(stdout).toContain('Needs you (12)\n');
    expect(stdout.match(/code_/g)).toHaveLength(10);
    expect(stdout.match(/do it/g)).toHaveLength(1);
    expect(stdout).toContain('and 2 more findings; --json lists them');
    const eleven = await doctor({ ...HEALTHY, ok: false, findings: findings.slice(0, 10) });
    expect(eleven.stdout).not.toContain('more finding');
  });

  test('with --json gives the report as it is', async () => {
    const report = { ...HEALTHY, ok: false, findings: [finding('person', 1)] };
    expect(await doctor(report, '--json')).toEqual({
      code: 1,
      stderr: '',
      stdout: `${JSON.stringify(report)}\n`,
    });
  });

  test('what it cannot look at at all is told as every failure is', async () => {
    const { code, stdout, stderr } = await runWith({}, ['--home', '/home', 'doctor'], {
      doctor: async () => {
        throw new SmoError('home_missing', 'there is no home in /home', 'Make one with `smo init`.');
      },
    });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe('smo: there is no home in /home. Make one with `smo init`.\n');
  });

  test('says nothing to the terminal that a name could', async () => {
    const report = { ...HEALTHY, findings: [{ ...finding('none', 1), message: 'a\u001b[31m' }] };
    expect((await doctor(report)).stdout).not.toContain('\u001b');
  });
});
