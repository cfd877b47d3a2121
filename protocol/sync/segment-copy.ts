import { equalBytes } from '../bytes/index.ts';
import { leafHash } from '../event/index.ts';
import { type Manifest, parseHash } from '../manifest/index.ts';
import { leafSpan, merkleRoot, rootNode } from '../segment/index.ts';
import type { InquiryContext, KnownNode } from './inquiry-steps.ts';

/** A stored segment that is being made whole. */
export class SegmentCopy {
  readonly manifest: Manifest;
  readonly #context: InquiryContext;
  readonly #records: (Uint8Array | undefined)[] = [];
  readonly #leaves: (Uint8Array | undefined)[] = [];

  constructor(context: InquiryContext, manifest: Manifest) {
    this.#context = context;
    this.manifest = manifest;
    for (let index = 0; index < manifest.events; index += 1) {
      const record = context.logs.record(manifest.origin, manifest.firstSeq + index);
      if (record !== undefined) this.put(index, record);
    }
  }

  /** All records, once every place is filled. */
  get records(): readonly Uint8Array[] {
    return this.#records.filter((record) => record !== undefined);
  }

  /** Bytes of all records. */
  get bytes(): number {
    return this.records.reduce((sum, { length }) => sum + length, 0);
  }

  /** Puts a record in a place of the segment. */
  put(index: number, record: Uint8Array): void {
    const { origin, firstSeq } = this.manifest;
    this.#records[index] = record;
    this.#leaves[index] = leafHash(this.#context.crypto, origin, firstSeq + index, record);
  }

  /** Places whose record is not there, in ascending order. */
  get gaps(): readonly number[] {
    return Array.from({ length: this.manifest.events }, (_, index) => index).filter(
      (index) => this.#records[index] === undefined,
    );
  }

  /** Whether all records together are what was signed. */
  get isWhole(): boolean {
    const { events, root } = this.manifest;
    return this.judge({ node: rootNode(events), hash: parseHash(root) ?? new Uint8Array() }) === 'right';
  }

  /** What the records under a node are: those that it stands for, others, none at all, or not complete. */
  judge({ node, hash }: KnownNode): 'right' | 'wrong' | 'missing' | 'incomplete' {
    const span = leafSpan(this.manifest.events, node);
    const leaves: Uint8Array[] = [];
    for (let index = span?.from ?? 0; index < (span?.to ?? 0); index += 1) {
      const leaf = this.#leaves[index];
      if (leaf !== undefined) leaves.push(leaf);
    }
    if (leaves.length === 0) return 'missing';
    if (leaves.length < (span?.to ?? 0) - (span?.from ?? 0)) return 'incomplete';
    return equalBytes(merkleRoot(this.#context.crypto, leaves), hash) ? 'right' : 'wrong';
  }
}
