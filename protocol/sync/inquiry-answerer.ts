import type { Crypto } from '../crypto/index.ts';
import type { Origin } from '../event/index.ts';
import { commitmentOf, encodeManifest, formatHash, type Manifest } from '../manifest/index.ts';
import { merkleRoot, nodesBelow, treeLevels } from '../segment/index.ts';
import { heldLeaves } from './held-leaves.ts';
import type { Answer, HeldLogs, Question, SegmentCommitment } from './inquiry.ts';
import { SYNC_LIMITS } from './limits.ts';

/** A tree as it was last asked for. */
interface CachedTree {
  readonly origin: Origin;
  readonly segment: number;
  readonly events: number;
  readonly levels: readonly (readonly Uint8Array[])[];
}

/** What answers are made of. */
type AnsweringLogs = Pick<HeldLogs, 'manifest' | 'record'>;

/** Answers the questions of remotes from what is held; keeps the tree of one segment at most. */
export class Answerer {
  readonly #crypto: Crypto;
  readonly #logs: AnsweringLogs;
  #tree: CachedTree | undefined;

  constructor(crypto: Crypto, logs: AnsweringLogs) {
    this.#crypto = crypto;
    this.#logs = logs;
  }

  /** The answer; empty when the thing asked for is not held, or not as a whole. */
  answer(question: Question): Answer {
    switch (question.type) {
      case 'commitments':
        return { type: 'commitments', commitments: this.#commitments(question) };
      case 'manifest': {
        const manifest = this.#logs.manifest(question.origin, question.segment);
        return { type: 'manifest', manifest: manifest && encodeManifest(manifest) };
      }
      case 'nodes':
        return { type: 'nodes', hashes: this.#nodes(question) };
      case 'records':
        return { type: 'records', records: this.#records(question) };
    }
  }

  #commitments({
    origin,
    segments,
  }: Extract<Question, { type: 'commitments' }>): readonly SegmentCommitment[] {
    return segments.flatMap((segment) => {
      const manifest = this.#logs.manifest(origin, segment);
      return manifest?.sealed ? [{ segment, commitment: commitmentOf(this.#crypto, manifest) }] : [];
    });
  }

  #nodes(question: Extract<Question, { type: 'nodes' }>): readonly Uint8Array[] {
    const { origin, segment, events, node } = question;
    const manifest = this.#logs.manifest(origin, segment);
    if (manifest === undefined || events > manifest.events) return [];
    const below = nodesBelow(events, node);
    const levels = below.length === 0 ? undefined : this.#levels(manifest, events);
    return below.flatMap(({ level, index }) => levels?.[level]?.[index] ?? []);
  }

  #records({ origin, segment, seqs }: Extract<Question, { type: 'records' }>): readonly Uint8Array[] {
    const manifest = this.#logs.manifest(origin, segment);
    const records: Uint8Array[] = [];
    let bytes = 0;
    for (const seq of seqs) {
      const isInside = manifest && seq >= manifest.firstSeq && seq < manifest.firstSeq + manifest.events;
      const record = isInside ? this.#logs.record(origin, seq) : undefined;
      bytes += record?.length ?? 0;
      if (record === undefined || (records.length > 0 && bytes > SYNC_LIMITS.answerBytes)) break;
      records.push(record);
    }
    return records;
  }

  /** The tree over the first records of a segment; undefined when the segment cannot be read as it was signed. */
  #levels(manifest: Manifest, events: number): CachedTree['levels'] | undefined {
    const { origin, segment, root } = manifest;
    const cached = this.#tree;
    if (cached?.origin === origin && cached.segment === segment && cached.events === events) {
      return cached.levels;
    }
    const { leaves } = heldLeaves(this.#crypto, this.#logs, manifest);
    // Own damage, which the store may not have noticed: whoever asks could only take it for a lie.
    if (formatHash(merkleRoot(this.#crypto, leaves)) !== root) return undefined;
    const levels = treeLevels(this.#crypto, leaves.slice(0, events));
    this.#tree = { origin, segment, events, levels };
    return levels;
  }
}
