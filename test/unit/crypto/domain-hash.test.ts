import { expect, test } from 'vitest';
import { domainHash, HASH_DOMAIN } from '../../../protocol/crypto/index.ts';
import { portableCrypto } from '../../../protocol/portable-crypto/index.ts';
import { toHex } from '../../support/read-vectors.ts';
import { referenceSha256 } from '../../support/reference.ts';

const DOMAINS = ['leaf', 'node', 'commitment'] as const;

test.each(DOMAINS)('the %s domain hashes its byte and all parts in order', (domain) => {
  const parts = [Uint8Array.of(1, 2), new Uint8Array(), Uint8Array.of(3)];
  const expected = referenceSha256(Buffer.of(HASH_DOMAIN[domain], 1, 2, 3));
  expect(toHex(domainHash(portableCrypto, domain, parts))).toBe(toHex(expected));
});

test('no two domains share a byte', () => {
  expect(new Set(Object.values(HASH_DOMAIN)).size).toBe(Object.keys(HASH_DOMAIN).length);
});
