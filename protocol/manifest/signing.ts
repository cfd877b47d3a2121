import { base64 } from '../bytes/index.ts';
import type { Signer } from '../crypto/index.ts';
import { deviceOf } from '../event/index.ts';
import { errorFromFault, SmoError } from '../fault/index.ts';
import { checkManifest, signedBytes } from './codec.ts';
import type { Manifest, ManifestBody } from './manifest.ts';

/**
 * Signs what a device says of its own log.
 * @throws SmoError `unknown_key` when the log is not the signer's own; another code of {@link ManifestFault}
 *   when no replica would accept the manifest
 */
export const signManifest = (signer: Signer, body: ManifestBody): Manifest => {
  if (signer.device !== body.keyId || signer.device !== deviceOf(body.origin)) {
    throw new SmoError(
      'unknown_key',
      `device ${signer.device} cannot sign for log ${body.origin}`,
      'Only the device that owns a log signs its manifests.',
    );
  }
  const manifest = { ...body, signature: base64.encode(signer.sign(signedBytes(body))) };
  const verdict = checkManifest(manifest);
  if (!verdict.ok) throw errorFromFault(verdict.fault);
  return manifest;
};
