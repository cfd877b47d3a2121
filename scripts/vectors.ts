/**
 * Writes test/vectors/*.json anew: `node scripts/vectors.ts && npm run format`. The tests hold each expected value against an
 * independent computation, so a wrong generator does not make wrong vectors right.
 */
import { writeFileSync } from 'node:fs';
import { canonicalJsonVectors } from './vectors/canonical-json.ts';
import { commitmentVectors } from './vectors/commitment.ts';
import { ed25519Vectors } from './vectors/ed25519.ts';
import { evidenceVectors } from './vectors/evidence.ts';
import { gossipVectors } from './vectors/gossip.ts';
import { joinVectors } from './vectors/join.ts';
import { manifestVectors } from './vectors/manifest.ts';
import { membershipVectors } from './vectors/membership.ts';
import { merkleVectors } from './vectors/merkle.ts';
import { recordVectors } from './vectors/record.ts';

const FILES: Readonly<Record<string, () => unknown>> = {
  'canonical-json': canonicalJsonVectors,
  commitment: commitmentVectors,
  ed25519: ed25519Vectors,
  evidence: evidenceVectors,
  gossip: gossipVectors,
  manifest: manifestVectors,
  join: joinVectors,
  membership: membershipVectors,
  merkle: merkleVectors,
  record: recordVectors,
};

for (const [name, vectors] of Object.entries(FILES)) {
  const path = new URL(`../test/vectors/${name}.json`, import.meta.url);
  writeFileSync(path, `${JSON.stringify(vectors(), null, 2)}\n`);
}
