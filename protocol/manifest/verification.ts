import { base64 } from '../bytes/index.ts';
import type { Crypto } from '../crypto/index.ts';
import { deviceOf } from '../event/index.ts';
import { accept, refuse, type Verdict } from '../fault/index.ts';
import { signedBytes } from './codec.ts';
import { commitmentOf, EMPTY_COMMITMENT, formatHash } from './commitment.ts';
import type { Manifest, SpaceId } from './manifest.ts';
import { describeSegment, type ManifestFault } from './manifest-fault.ts';

/**
 * Whether a decoded manifest is what the owner of its log signed for this space. Whether that device is a
 * member, and what the manifest follows, is not looked at here.
 */
export const verifyManifest = (
  crypto: Crypto,
  manifest: Manifest,
  { space }: { readonly space: SpaceId },
): Verdict<Manifest, ManifestFault> => {
  const name = describeSegment(manifest);
  if (manifest.space !== space) {
    return refuse('wrong_space', `${name} belongs to space ${manifest.space}, not to ${space}`);
  }
  if (manifest.keyId !== deviceOf(manifest.origin)) {
    return refuse('unknown_key', `${name} is signed by device ${manifest.keyId}, which does not own the log`);
  }
  const signature = base64.decode(manifest.signature);
  if (signature === undefined || !crypto.verify(manifest.keyId, signedBytes(manifest), signature)) {
    return refuse('bad_signature', `${name} does not carry a valid signature of device ${manifest.keyId}`);
  }
  return accept(manifest);
};

/**
 * Whether `next` may directly follow `tail`, the newest manifest held of its log (undefined: nothing is held).
 *
 * | tail      | next                                                                                      |
 * |-----------|-------------------------------------------------------------------------------------------|
 * | undefined | segment 0 from seq 1, after the empty commitment                                          |
 * | head      | the same segment from the same place, with at least as many records; a head or sealed     |
 * | sealed    | the next segment, from the seq after the tail's last one, after the commitment to the tail |
 *
 * Signatures, and the records themselves, are for {@link verifyManifest} and {@link verifyRange}.
 */
export const verifySuccession = (
  crypto: Crypto,
  tail: Manifest | undefined,
  next: Manifest,
): Verdict<Manifest, ManifestFault> => {
  const name = describeSegment(next);
  if (tail !== undefined && (tail.space !== next.space || tail.origin !== next.origin)) {
    return refuse(
      'order_violation',
      `${name} does not follow ${describeSegment(tail)}: they are different logs`,
    );
  }
  const expected = placeAfter(crypto, tail);
  if (next.segment !== expected.segment) {
    const reason = tail && !tail.sealed && next.segment > tail.segment ? ', which is not sealed yet' : '';
    const after = tail ? `after ${describeSegment(tail)}${reason}` : 'at the start of the log';
    return refuse('order_violation', `${name} came where segment ${expected.segment} is due, ${after}`);
  }
  if (next.firstSeq !== expected.firstSeq) {
    return refuse('order_violation', `${name} begins at seq ${next.firstSeq}, not at ${expected.firstSeq}`);
  }
  if (next.prev !== expected.prev) {
    return refuse(
      'chain_break',
      `${name} says that the log before it is ${next.prev}, but it is ${expected.prev}`,
    );
  }
  if (next.events < expected.eventsMin) {
    return refuse(
      'order_violation',
      `${name} goes back to ${next.events} records, ${expected.eventsMin} are held`,
    );
  }
  return accept(next);
};

/** Where the next manifest of a log must stand. */
interface Place extends Pick<Manifest, 'segment' | 'firstSeq' | 'prev'> {
  /** Fewest records that it may cover. */
  readonly eventsMin: number;
}

const placeAfter = (crypto: Crypto, tail: Manifest | undefined): Place => {
  if (tail === undefined)
    return { segment: 0, firstSeq: 1, prev: formatHash(EMPTY_COMMITMENT), eventsMin: 1 };
  if (!tail.sealed) return { ...tail, eventsMin: tail.events };
  return {
    segment: tail.segment + 1,
    firstSeq: tail.firstSeq + tail.events,
    prev: formatHash(commitmentOf(crypto, tail)),
    eventsMin: 1,
  };
};
