import type { Crypto, Signer } from '../crypto/index.ts';
import { type EventId, eventIdFromLeaf, leafHash, type Origin, type Seq } from '../event/index.ts';
import {
  commitmentOf,
  EMPTY_COMMITMENT,
  formatHash,
  MANIFEST_ALGO,
  MANIFEST_VERSION,
  type Manifest,
  type SpaceId,
  signManifest,
  tailTree,
} from '../manifest/index.ts';
import { appendLeaf, type CompactTree, emptyTree, fits, treeRoot } from '../segment/index.ts';
import type { LogTail, LogWrite } from './ports.ts';

/** A write without its place in the arrival journal, which it gets when it is committed. */
export type UnnumberedWrite = Omit<LogWrite, 'arrival'>;

/** The segment that a log is being written to. */
interface OpenSegment {
  readonly segment: number;
  readonly firstSeq: Seq;
  readonly prev: string;
  tree: CompactTree;
  bytes: number;
  /** Records that are not covered by a signed manifest yet. */
  unsigned: Uint8Array[];
}

/** The logs that this device writes: cuts them into segments and signs what is to be stored. */
export class OwnLogs {
  readonly #crypto: Crypto;
  readonly #signer: Signer;
  readonly #space: SpaceId;
  readonly #tail: (origin: Origin) => LogTail | undefined;
  readonly #open = new Map<Origin, OpenSegment>();

  /** @param tail newest signed position of a log */
  constructor(crypto: Crypto, signer: Signer, space: SpaceId, tail: (origin: Origin) => LogTail | undefined) {
    this.#crypto = crypto;
    this.#signer = signer;
    this.#space = space;
    this.#tail = tail;
  }

  /**
   * Appends one record.
   * @returns its id, and the write of the segment before if the record did not fit it any more
   */
  append(
    origin: Origin,
    record: Uint8Array,
    nowMs: number,
  ): { readonly id: EventId; readonly closed: UnnumberedWrite | undefined } {
    let closed: UnnumberedWrite | undefined;
    let open = this.#openSegment(origin);
    if (!fits({ events: open.tree.events, bytes: open.bytes }, record.length)) {
      closed = this.#sign(origin, open, true, nowMs);
      open = this.#successor(origin, closed.tail.manifest);
    }
    const leaf = leafHash(this.#crypto, origin, open.firstSeq + open.tree.events, record);
    open.tree = appendLeaf(this.#crypto, open.tree, leaf);
    open.bytes += record.length;
    open.unsigned.push(record);
    return { id: eventIdFromLeaf(leaf), closed };
  }

  /** Seq that the next record of a log gets. */
  nextSeq(origin: Origin): Seq {
    const open = this.#openSegment(origin);
    return open.firstSeq + open.tree.events;
  }

  /** Signs a head for every log with records that no manifest covers. */
  signHeads(nowMs: number): readonly UnnumberedWrite[] {
    return [...this.#open]
      .filter(([, open]) => open.unsigned.length > 0)
      .map(([origin, open]) => this.#sign(origin, open, false, nowMs));
  }

  /** Closes the open segment of a log; undefined when it holds nothing. */
  seal(origin: Origin, nowMs: number): UnnumberedWrite | undefined {
    const open = this.#openSegment(origin);
    if (open.tree.events === 0) return undefined;
    const write = this.#sign(origin, open, true, nowMs);
    this.#successor(origin, write.tail.manifest);
    return write;
  }

  #sign(origin: Origin, open: OpenSegment, sealed: boolean, nowMs: number): UnnumberedWrite {
    const events = open.tree.events;
    const manifest = signManifest(this.#signer, {
      version: MANIFEST_VERSION,
      space: this.#space,
      origin,
      keyId: this.#signer.device,
      segment: open.segment,
      firstSeq: open.firstSeq,
      events,
      bytes: open.bytes,
      root: formatHash(treeRoot(this.#crypto, open.tree)),
      prev: open.prev,
      sealed,
      createdAt: nowMs,
      algo: MANIFEST_ALGO,
    });
    const records = open.unsigned;
    open.unsigned = [];
    return {
      origin,
      firstSeq: open.firstSeq + events - records.length,
      records,
      tail: { manifest, peaks: open.tree.peaks },
    };
  }

  #openSegment(origin: Origin): OpenSegment {
    const open = this.#open.get(origin);
    if (open !== undefined) return open;
    const tail = this.#tail(origin);
    if (tail === undefined || tail.manifest.sealed) return this.#successor(origin, tail?.manifest);
    // Signed on top of wrong peaks, the log could be verified by nobody ever again.
    const tree = tailTree(this.#crypto, tail);
    const { segment, firstSeq, prev, bytes } = tail.manifest;
    return this.#keep(origin, { segment, firstSeq, prev, tree, bytes, unsigned: [] });
  }

  #successor(origin: Origin, sealed: Manifest | undefined): OpenSegment {
    const start =
      sealed === undefined
        ? { segment: 0, firstSeq: 1, prev: formatHash(EMPTY_COMMITMENT) }
        : {
            segment: sealed.segment + 1,
            firstSeq: sealed.firstSeq + sealed.events,
            prev: formatHash(commitmentOf(this.#crypto, sealed)),
          };
    return this.#keep(origin, { ...start, tree: emptyTree, bytes: 0, unsigned: [] });
  }

  #keep(origin: Origin, open: OpenSegment): OpenSegment {
    this.#open.set(origin, open);
    return open;
  }
}
