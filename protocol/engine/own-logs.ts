import type { Crypto, Signer } from '../crypto/index.ts';
import { type EventId, eventIdFromLeaf, leafHasher, type Origin, type Seq } from '../event/index.ts';
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

/** All of them, the text of each being what a home notes. */
export const RETIREMENT_REASONS = ['behind', 'ahead', 'forked', 'excluded', 'waiting'] as const;

/**
 * Why a log of this device is written to no more:
 * - `behind`: the store holds less of it than this device has signed, as its marker says or a damage of the store,
 * - `ahead`: others hold a position of it that is signed and not held here,
 * - `forked`: two histories of it are signed,
 * - `excluded`: what is appended to it would not count, though the device may write,
 * - `waiting`: its events wait for others that may never come, since a fork has taken away what they had seen.
 */
export type RetirementReason = (typeof RETIREMENT_REASONS)[number];

/** The segment that a log is being written to. */
interface OpenSegment {
  readonly segment: number;
  readonly firstSeq: Seq;
  readonly prev: string;
  readonly hashLeaf: ReturnType<typeof leafHasher>;
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
  readonly #retired = new Map<Origin, RetirementReason>();

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
    const leaf = open.hashLeaf(open.firstSeq + open.tree.events, record);
    open.tree = appendLeaf(this.#crypto, open.tree, leaf);
    open.bytes += record.length;
    open.unsigned.push(record);
    return { id: eventIdFromLeaf(leaf), closed };
  }

  /** The logs that are written to no more: they are taken in from others like any other log. */
  get retired(): ReadonlyMap<Origin, RetirementReason> {
    return this.#retired;
  }

  /**
   * Ends the writing of a log.
   * @returns the head over what was appended and not signed yet; undefined when there is none
   */
  retire(origin: Origin, reason: RetirementReason, nowMs: number): UnnumberedWrite | undefined {
    const head = this.signHead(origin, nowMs);
    this.#open.delete(origin);
    this.#retired.set(origin, reason);
    return head;
  }

  /** Signs a head for a log if it has records that no manifest covers. */
  signHead(origin: Origin, nowMs: number): UnnumberedWrite | undefined {
    const open = this.#open.get(origin);
    return open === undefined || open.unsigned.length === 0
      ? undefined
      : this.#sign(origin, open, false, nowMs);
  }

  /** Records of a log, those that are not signed yet included. */
  length(origin: Origin): Seq {
    const open = this.#open.get(origin);
    if (open !== undefined) return open.firstSeq + open.tree.events - 1;
    const manifest = this.#tail(origin)?.manifest;
    return manifest === undefined ? 0 : manifest.firstSeq + manifest.events - 1;
  }

  /** Seq that the next record of a log gets. */
  nextSeq(origin: Origin): Seq {
    const open = this.#openSegment(origin);
    return open.firstSeq + open.tree.events;
  }

  /** Signs a head for every log with records that no manifest covers. */
  signHeads(nowMs: number): readonly UnnumberedWrite[] {
    return [...this.#open.keys()].flatMap((origin) => this.signHead(origin, nowMs) ?? []);
  }

  /** Closes the open segment of a log; undefined when it holds nothing, or is not to be written to. */
  seal(origin: Origin, nowMs: number): UnnumberedWrite | undefined {
    if (this.#retired.has(origin)) return undefined;
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

  #keep(origin: Origin, segment: Omit<OpenSegment, 'hashLeaf'>): OpenSegment {
    const open = { ...segment, hashLeaf: leafHasher(this.#crypto, origin) };
    this.#open.set(origin, open);
    return open;
  }
}
