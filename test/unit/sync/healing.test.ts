import { describe, expect, it } from 'vitest';
import { encodeManifest, formatHash, type Manifest } from '../../../protocol/manifest/index.ts';
import { type Answer, heal, type Question } from '../../../protocol/sync/index.ts';
import { contextOf, HeldHistory, honest, runInquiry } from '../../support/held-history.ts';
import { except, healWith, history, LOG, sign } from '../../support/inquired-log.ts';

const { origin } = LOG;

const ZERO = new Uint8Array(32);

describe('healing', () => {
  const whole = history(3);
  const broken = (): HeldHistory => {
    const copy = history(3);
    copy.spoil(50);
    copy.records[60] = undefined;
    return copy;
  };
  const restored = {
    type: 'restored',
    manifest: whole.manifests[1],
    records: whole.records.slice(40, 80),
  };

  it('restores records that are missing and records that are wrong', () => {
    const { result, recordBytes } = runInquiry(heal(contextOf(broken()), origin, 1), honest(whole));
    expect(result).toEqual(restored);
    expect(recordBytes).toBe((whole.records[49]?.length ?? 0) + (whole.records[60]?.length ?? 0));
  });

  it('asks for no hashes of a segment of which nothing is left', () => {
    const empty = history(3);
    empty.records.fill(undefined);
    empty.manifests[1] = undefined;
    const { result, asks, hashBytes } = runInquiry(heal(contextOf(empty), origin, 1), honest(whole));
    expect(result).toEqual(restored);
    expect({ asks, hashBytes }).toEqual({ asks: 2, hashBytes: 0 });
  });

  it('leaves a whole segment alone', () => {
    expect(healWith(history(3), 1, honest(whole))).toEqual({ ...restored, type: 'intact' });
  });

  it('restores a manifest although the segment before it has lost its own', () => {
    const copy = history(3);
    copy.manifests[0] = undefined;
    copy.manifests[1] = undefined;
    expect(healWith(copy, 1, honest(whole))).toEqual(restored);
  });

  it('restores a manifest that was put in the place of another', () => {
    const copy = history(3);
    copy.manifests[1] = history(3, 1).manifests[1];
    expect(healWith(copy, 1, honest(whole))).toEqual(restored);
  });

  it('takes no open segment where another one follows', () => {
    const copy = history(3);
    copy.manifests[1] = undefined;
    const head = sign({ ...(whole.manifests[1] as Manifest), sealed: false });
    const answer = except(whole, 'manifest', () => ({ type: 'manifest', manifest: encodeManifest(head) }));
    expect(healWith(copy, 1, answer)).toMatchObject({ fault: { code: 'other_history' } });
  });

  it.each<[string, HeldHistory]>([
    ['withheld', new HeldHistory()],
    ['withheld', history(1)],
    ['other_history', history(3, 1)],
    ['other_history', history(3, 45)],
  ])('gets no help from a remote: %s', (code, remote) => {
    expect(healWith(broken(), 1, honest(remote))).toMatchObject({ type: 'no-help', fault: { code } });
    const copy = history(3);
    copy.manifests[1] = undefined;
    expect(healWith(copy, 1, honest(remote))).toMatchObject({ type: 'no-help', fault: { code } });
  });

  it('takes no first segment that follows something', () => {
    const copy = history(1);
    copy.manifests[0] = undefined;
    const signed = sign({
      ...(history(1).manifests[0] as Manifest),
      prev: formatHash(new Uint8Array(32).fill(1)),
    });
    const answer = except(whole, 'manifest', () => ({ type: 'manifest', manifest: encodeManifest(signed) }));
    expect(healWith(copy, 0, answer)).toMatchObject({ fault: { code: 'other_history' } });
  });

  it.each<[string, string, (question: Question) => Answer]>([
    [
      'record_mismatch',
      'other records than it has shown',
      except(whole, 'records', ({ records }) => ({
        type: 'records',
        records: records.map((record) => record.map((byte) => byte ^ 1)),
      })),
    ],
    [
      'record_mismatch',
      'a record without bytes',
      except(whole, 'records', () => ({ type: 'records', records: [new Uint8Array()] })),
    ],
    [
      'record_mismatch',
      'more bytes than the segment has',
      except(whole, 'records', () => ({ type: 'records', records: [new Uint8Array(1000)] })),
    ],
    [
      'bad_answer',
      'more records than were asked for',
      except(whole, 'records', ({ records }) => ({ type: 'records', records: [...records, ZERO] })),
    ],
    [
      'nodes_mismatch',
      'hashes that do not make one that it has shown',
      except(whole, 'nodes', ({ hashes }, { node }) => ({
        type: 'nodes',
        hashes: node.level > 4 ? hashes : hashes.toReversed(),
      })),
    ],
    [
      'bad_answer',
      'a manifest instead of hashes',
      except(whole, 'nodes', () => ({ type: 'manifest', manifest: ZERO })),
    ],
  ])('finds the remote at fault: %s, %s', (code, _, answer) => {
    expect(healWith(broken(), 1, answer)).toMatchObject({ type: 'remote-fault', fault: { code } });
  });

  it('goes on asking when an answer brings only some of the records', () => {
    const copy = history(3);
    copy.records.fill(undefined, 40, 80);
    const answer = except(whole, 'records', ({ records }) => ({
      type: 'records',
      records: records.slice(0, 7),
    }));
    const { result, asks } = runInquiry(heal(contextOf(copy), origin, 1), answer);
    expect(result).toEqual(restored);
    expect(asks).toBe(6);
  });

  it('gives up when an answer brings none', () => {
    const answer = except(whole, 'records', () => ({ type: 'records', records: [] }));
    expect(healWith(broken(), 1, answer)).toMatchObject({ type: 'no-help', fault: { code: 'withheld' } });
  });
});
