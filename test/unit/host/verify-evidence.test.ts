import { expect, test } from 'vitest';
import { verifyEvidenceText } from '../../../node/host/verify-evidence.ts';
import { deviceOf, type Origin } from '../../../protocol/event/index.ts';
import { readVectors, type Vector } from '../../support/read-vectors.ts';

interface EvidenceVectors {
  readonly space: string;
  readonly valid: readonly (Vector & {
    readonly evidence: string;
    readonly fork: { readonly origin: Origin; readonly seq: number };
  })[];
  readonly invalid: readonly (Vector & { readonly evidence: string; readonly code: string })[];
}

const { space, valid, invalid } = readVectors<EvidenceVectors>('evidence');

test.each(valid)('a file that proves a fork: $comment', ({ evidence, fork }) => {
  for (const end of ['', '\n', '\r\n']) {
    const report = verifyEvidenceText(evidence + end);
    expect(report).toMatchObject({
      ok: true,
      claim: { space, origin: fork.origin, device: deviceOf(fork.origin), forkSeq: fork.seq },
      findings: [],
    });
  }
});

test('what each side says at the fork', () => {
  for (const { evidence, fork } of valid) {
    const { claim } = verifyEvidenceText(evidence);
    const { first, second, proof } = JSON.parse(evidence);
    for (const [i, manifest] of [first, second].entries()) {
      const branch = proof?.[i === 0 ? 'first' : 'second'] ?? null;
      const [one, two] = claim?.signed ?? [];
      const shown = i === 0 ? one : two;
      if (shown === undefined) throw new Error('nothing is claimed');
      const { event, ...side } = shown;
      expect(side).toEqual({
        signedAt: manifest.createdAt,
        segment: manifest.segment,
        firstSeq: manifest.firstSeq,
        lastSeq: manifest.firstSeq + manifest.events - 1,
        sealed: manifest.sealed,
      });
      if (branch === null) expect(event).toBeNull();
      else expect(event).toMatch(/^ev1[a-z2-7]{52}$/);
      if (event !== null) expect(side.lastSeq).toBeGreaterThanOrEqual(fork.seq);
    }
  }
});

// The file itself says which space it is about, so none can be the wrong one as a whole. And a file may end in a
// line feed, which bytes on the wire may not.
const refused = invalid.filter(({ code, evidence }) => code !== 'wrong_space' && !evidence.endsWith('\n'));

test.each(refused)('a file that proves nothing, for $code: $comment', ({ evidence, code }) => {
  expect(verifyEvidenceText(evidence)).toMatchObject({ ok: false, findings: [{ code }] });
});

test.each(['', 'text', '{}', '[]', ' \n'])('a file that is something else: %j', (text) => {
  expect(verifyEvidenceText(text)).toMatchObject({ ok: false, findings: [{ code: 'bad_evidence' }] });
});
