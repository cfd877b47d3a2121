import { expect } from 'vitest';
import { base32 } from '../../protocol/bytes/index.ts';
import type { EngineEffect } from '../../protocol/engine/index.ts';
import { makeOrigin } from '../../protocol/event/index.ts';
import { buildEvidence, encodeEvidence } from '../../protocol/evidence/index.ts';
import { encodeManifest, type Manifest, type ManifestBody } from '../../protocol/manifest/index.ts';
import { portableCrypto } from '../../protocol/portable-crypto/index.ts';
import { encodeGossip } from '../../protocol/sync/index.ts';
import { forkedRecords, signSegment } from './forked-log.ts';
import type { MeshWorld, WorldDevice } from './mesh-world.ts';
import { numberedRecords, signRange } from './test-log.ts';

/** A head that a device signs over records of its own choice; nobody has them. */
export const headOf = (
  world: MeshWorld,
  { signer, origin }: Pick<WorldDevice, 'signer' | 'origin'>,
  events: number,
  over: Partial<ManifestBody> = {},
): Manifest =>
  signRange({ signer, origin, space: world.space }, undefined, numberedRecords(1, events), over).manifest;

/** A gossip message that tells of heads. */
export const messageOf = (...manifests: readonly Manifest[]): Uint8Array =>
  encodeGossip({ manifests: manifests.map(encodeManifest), evidence: [] });

/** The number of the request with which {@link judge} asks. */
export const REQUEST = 77;

/** Hands a message to a device, as passed on by another; gives its verdict. */
export const judge = (world: MeshWorld, to: number, message: Uint8Array): EngineEffect | undefined => {
  const [peer, device] = [world.device(to === 0 ? 1 : 0).id, world.device(to)];
  const before = device.verdicts.length;
  world.step(device, { type: 'gossip', request: REQUEST, peer, message });
  expect(device.verdicts).toHaveLength(before + 1);
  return device.verdicts.at(-1);
};

/** Of which logs a device has heard more than it holds, and up to which seq. */
export const heardBy = (device: WorldDevice) =>
  [...device.engine.heard()].map(({ origin, seq }) => [origin, seq]);

/** Evidence that a device has signed two histories of its log. */
export const forkOf = (world: MeshWorld, { signer, origin }: WorldDevice): Uint8Array => {
  const [one, two] = forkedRecords(0, 3, 3).map((records) =>
    signSegment({ signer, origin, space: world.space }, undefined, records),
  );
  if (one === undefined || two === undefined) throw new RangeError('two histories are needed');
  const evidence = buildEvidence(portableCrypto, world.space, one, two);
  if (!evidence.ok) throw new Error(evidence.fault.message);
  return encodeEvidence(evidence.value);
};

/** Logs of one device, each of its own incarnation. */
export const manyLogs = (signer: WorldDevice['signer'], count: number) =>
  Array.from({ length: count }, (_, i) => ({
    signer,
    origin: makeOrigin(signer.device, base32.encode(Uint8Array.of(7, 7, 7, i >> 8, i & 255))),
  }));
