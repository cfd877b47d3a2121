import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { EvidenceView, NodeApi } from '../../../../node/api/index.ts';
import type { CliHost } from '../../../../node/cli/index.ts';
import { canonicalText } from '../../../../protocol/bytes/index.ts';
import { IDS } from '../fake-host.ts';
import { runWith } from '../run.ts';
import { testFiles } from '../test-files.ts';

const files = testFiles();
const EVENT = `ev1${'e'.repeat(52)}`;

const side = {
  signedAt: 1_700_000_000_000,
  segment: 3,
  firstSeq: 40,
  lastSeq: 50,
  sealed: false,
  event: EVENT,
};

const PHONE: EvidenceView = {
  space: 'space1',
  origin: `${IDS.phone}.bbbbbbbb`,
  device: IDS.phone,
  forkSeq: 47,
  signed: [side, { ...side, lastSeq: 46, sealed: true, event: null }],
  name: 'phone',
  self: false,
  proof: { version: '1.0.0', b: 1, a: [1] },
};
const SECOND: EvidenceView = { ...PHONE, origin: `${IDS.phone}.cccccccc` };
const OWN: EvidenceView = {
  ...PHONE,
  origin: `${IDS.desk}.aaaaaaaa`,
  device: IDS.desk,
  name: null,
  self: true,
};

const knowing =
  (...evidence: readonly EvidenceView[]): NodeApi['evidence'] =>
  async () => ({ evidence });

describe('evidence list', () => {
  test('says that there is none', async () => {
    const { stdout } = await runWith({ evidence: knowing() }, ['evidence', 'list']);
    expect(stdout).toBe('No log is known to have two histories.\n');
  });

  test('shows whose log counts up to where', async () => {
    const evidence = knowing(PHONE);
    const { stdout } = await runWith({ evidence }, ['evidence', 'list']);
    expect(stdout).toMatch(/^phone +event 46 +2023-\S+ and 2023-\S+ +12D3KooWp+\.bbbbbbbb$/m);
    expect(stdout).not.toContain('This device');
    const json = await runWith({ evidence }, ['evidence', 'list', '--json']);
    expect(JSON.parse(json.stdout)).toEqual({ evidence: [PHONE] });
  });

  test('says what it means for this device', async () => {
    const { stdout } = await runWith({ evidence: knowing(OWN, PHONE) }, ['evidence', 'list']);
    expect(stdout).toMatch(/^12D3KooWd+ \(this device\) +event 46 /m);
    expect(stdout).toContain('This device writes to another log now.');
  });
});

describe('evidence export', () => {
  test.each(['phone', PHONE.origin, `${IDS.phone}.`, IDS.phone.slice(0, 12)])(
    'prints the canonical JSON of the proof about %s',
    async (log) => {
      for (const options of [[], ['--json']]) {
        const { code, stdout } = await runWith({ evidence: knowing(OWN, PHONE) }, [
          'evidence',
          'export',
          log,
          ...options,
        ]);
        expect(code).toBe(0);
        expect(canonicalText(JSON.parse(stdout))).toBe(canonicalText(PHONE.proof));
      }
    },
  );

  test('writes it to a file', async () => {
    const out = join(files.folder, 'fork.json');
    const argv = ['evidence', 'export', 'phone', '--out', out];
    const { stdout } = await runWith({ evidence: knowing(PHONE) }, [...argv, '--json']);
    expect(JSON.parse(stdout)).toEqual({ file: out, origin: PHONE.origin });
    expect(readFileSync(out, 'utf8')).toBe('{"a":[1],"b":1,"version":"1.0.0"}\n');
  });

  test.each([
    ['evidence_unknown', 'laptop', [PHONE]],
    ['evidence_unknown', '', [PHONE]],
    ['evidence_ambiguous', 'phone', [PHONE, SECOND]],
    ['evidence_ambiguous', IDS.phone, [PHONE, SECOND]],
  ] as const)('fails with %s for "%s"', async (code, log, evidence) => {
    const argv = ['evidence', 'export', log, '--json'];
    const outcome = await runWith({ evidence: knowing(...evidence) }, argv);
    expect(outcome.code).toBe(1);
    expect(JSON.parse(outcome.stdout).error.code).toBe(code);
  });

  test('takes a log that is named whole, though others begin with it', async () => {
    const longer: EvidenceView = { ...PHONE, origin: `${PHONE.origin}b` };
    const argv = ['evidence', 'export', PHONE.origin];
    expect(await runWith({ evidence: knowing(longer, PHONE) }, argv)).toMatchObject({ code: 0 });
  });
});

describe('evidence verify', () => {
  const file = files.write('proof.json', 'the text');
  const { name: _, self: __, proof: ___, ...claim } = PHONE;

  const verifying = (report: Awaited<ReturnType<CliHost['verifyEvidence']>>) => {
    const texts: string[] = [];
    const verifyEvidence: CliHost['verifyEvidence'] = async (text) => {
      texts.push(text);
      return report;
    };
    return { verifyEvidence, texts };
  };

  test('says who has signed what twice', async () => {
    const { verifyEvidence, texts } = verifying({ ok: true, claim, findings: [] });
    const { code, stdout } = await runWith({}, ['evidence', 'verify', file], { verifyEvidence });
    expect(code).toBe(0);
    expect(texts).toEqual(['the text']);
    expect(stdout).toContain(`Proved: device ${IDS.phone} has signed two histories of one log.`);
    expect(stdout).toContain('agree up to event 46 and differ from event 47 on:');
    expect(stdout).toMatch(/segment 3 up to event 50, where event 47 is ev1e+$/m);
    expect(stdout).toMatch(/segment 3, closed after event 46$/m);
    const json = await runWith({}, ['evidence', 'verify', file, '--json'], { verifyEvidence });
    expect(JSON.parse(json.stdout)).toEqual({ ok: true, claim, findings: [] });
  });

  test('says where a segment begins at two places', async () => {
    const [one, two] = [1, 9].map((firstSeq) => ({ ...side, firstSeq, lastSeq: firstSeq + 4, event: null }));
    const signed = [one, two] as unknown as EvidenceView['signed'];
    const { verifyEvidence } = verifying({ ok: true, claim: { ...claim, forkSeq: 1, signed }, findings: [] });
    const { stdout } = await runWith({}, ['evidence', 'verify', file], { verifyEvidence });
    expect(stdout).toContain('They differ from the first event on:');
    expect(stdout).toMatch(/segment 3, which begins with event 1$/m);
    expect(stdout).toMatch(/segment 3, which begins with event 9$/m);
  });

  test('fails when it proves nothing', async () => {
    const findings = [{ code: 'bad_signature', message: 'not signed' }];
    const { verifyEvidence } = verifying({ ok: false, findings });
    const { code, stdout } = await runWith({}, ['evidence', 'verify', file], { verifyEvidence });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^bad_signature {2}not signed\nNot proved: /);
  });
});

describe('evidence import', () => {
  const { name: _, self: __, proof: ___, ...claim } = PHONE;
  const importing =
    (news: boolean): NodeApi['importEvidence'] =>
    async ({ text }) => {
      expect(text).toBe('{"proof":1}\n');
      return { claim, news };
    };

  test('says what changes', async () => {
    const file = files.write('fork.json', '{"proof":1}\n');
    const run = (news: boolean, ...options: readonly string[]) =>
      runWith({ importEvidence: importing(news) }, ['evidence', 'import', file, ...options]);
    expect((await run(true)).stdout).toMatch(/^Log 12D3KooWp+\.bbbbbbbb is frozen: .* from event 47 on\.\n$/);
    expect((await run(false)).stdout).toMatch(/is known here already\.\n$/);
    expect(JSON.parse((await run(true, '--json')).stdout)).toEqual({ claim, news: true });
  });
});
