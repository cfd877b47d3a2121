import { describe, expect, it } from 'vitest';
import { encodeRecord } from '../../../protocol/event/index.ts';
import {
  deviceAdded,
  type Genesis,
  spaceCreated,
  spaceIdOf,
  verifyGenesis,
} from '../../../protocol/membership/index.ts';
import { portableCrypto as crypto } from '../../../protocol/portable-crypto/index.ts';
import { testLog } from '../../support/test-log.ts';

const DRAFT = spaceCreated({ name: 'home', deviceName: 'first', nonce: 'aaaaaaaaaaaaaaaa' });
const GENESIS: Genesis = { origin: testLog(1).origin, record: encodeRecord({ ...DRAFT, timestamp: 5 }) };
const SPACE = spaceIdOf(crypto, GENESIS);

const refused = { ok: false, fault: { code: 'wrong_space' } };

describe('a genesis record', () => {
  it('founds the space whose id is its hash', () => {
    expect(verifyGenesis(crypto, SPACE, GENESIS)).toMatchObject({
      ok: true,
      value: { origin: GENESIS.origin, seq: 1, type: 'plos.mesh/SpaceCreated', payload: { name: 'home' } },
    });
  });

  it('founds no other space', () => {
    const other = spaceIdOf(crypto, { ...GENESIS, origin: testLog(2).origin });
    expect(other).not.toBe(SPACE);
    expect(verifyGenesis(crypto, other, GENESIS)).toMatchObject(refused);
  });

  it('founds nothing once a single bit of it is changed', () => {
    for (let bit = 0; bit < GENESIS.record.length * 8; bit += 7) {
      const record = Uint8Array.from(GENESIS.record);
      record[bit >> 3] = (record[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(verifyGenesis(crypto, SPACE, { ...GENESIS, record })).toMatchObject(refused);
    }
    expect(verifyGenesis(crypto, SPACE, { ...GENESIS, origin: testLog(1, 'bbbbbbbb').origin })).toMatchObject(
      refused,
    );
  });

  it.each<[string, Uint8Array]>([
    [
      'of another type',
      encodeRecord({
        ...deviceAdded({ device: testLog(2).signer.device, name: 'b', role: 'admin' }),
        timestamp: 5,
      }),
    ],
    ['without a name', encodeRecord({ ...DRAFT, payload: { deviceName: 'first' }, timestamp: 5 })],
    [
      'with an empty name',
      encodeRecord({ ...DRAFT, payload: { ...DRAFT.payload, deviceName: '' }, timestamp: 5 }),
    ],
    ['that is no record', Uint8Array.of(0, 1, 2)],
    ['of no bytes', new Uint8Array()],
    ['of another codec', Uint8Array.of(1, ...GENESIS.record.subarray(1))],
  ])('%s founds nothing, even under its own hash', (_, record) => {
    const genesis = { ...GENESIS, record };
    expect(verifyGenesis(crypto, spaceIdOf(crypto, genesis), genesis)).toMatchObject(refused);
  });
});
