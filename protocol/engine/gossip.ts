import type { Crypto, DeviceId } from '../crypto/index.ts';
import { deviceOf, type Origin } from '../event/index.ts';
import { type Fault, refuse, type Verdict } from '../fault/index.ts';
import { encodeManifest, type Manifest, type SpaceId, verifyManifest } from '../manifest/index.ts';
import {
  decodeGossip,
  encodeGossip,
  type FrontierEntry,
  frontierEntry,
  GOSSIP_LIMITS,
  type GossipVerdict,
  isAhead,
  isContradiction,
  isDue,
} from '../sync/index.ts';
import type { EngineEffect } from './effect.ts';
import type { EngineWork } from './engine-work.ts';
import type { LogBook } from './log-book.ts';
import type { LogTail } from './ports.ts';

/** What is thought of a message, or of a part of it. */
export type GossipJudgement =
  | { readonly verdict: Exclude<GossipVerdict, 'reject'> }
  | { readonly verdict: 'reject'; readonly fault: Fault };

/**
 * Who is connected, of the other members. With nobody there, nothing that is published is heard; with all there, each
 * hears of what is written here in a session.
 */
export type Connected = 'none' | 'some' | 'all';

/** What gossip needs from the engine. */
export interface GossipHost {
  readonly crypto: Crypto;
  readonly work: EngineWork;
  readonly device: DeviceId;
  readonly space: SpaceId;
  readonly logs: LogBook;
  /** Whether records of a log, an own one included, are taken in by members. */
  accepts(origin: Origin): boolean;
  connected(): Connected;
  emit(effect: EngineEffect): void;
  /** A device has signed a position of its log that is ahead of what is held here. */
  heard(signer: DeviceId, entry: FrontierEntry): void;
  /** A device has signed another history of its log than the one that is held here. */
  contradicted(origin: Origin): void;
  /** Judges evidence of an equivocation, and keeps it when it is good. */
  evidence(bytes: Uint8Array): GossipJudgement;
  /** Holds a fault against the peer that has passed on a message. */
  strike(peer: DeviceId, fault: Fault): void;
}

/** Codes of what a later version of the program may have written: no fault of whoever passes it on. */
const LATER_FAULTS: readonly string[] = ['unsupported_version', 'unsupported_algo'];

const isLater = ({ code }: Fault): boolean => LATER_FAULTS.includes(code);

/**
 * Gossip: heads of logs that reach devices which are not connected with their writers (docs/protocol/gossip.md).
 * It is only ever a hint. Everything comes about without it, later.
 *
 * Invariants:
 * - G1: what is passed on is verified as a whole, and told this device something new.
 * - G2: what is published is committed: heads of this device's own logs, and proofs of forks.
 * - G3: what is heard is believed of the log's writer alone, and as a guess: the writer had it once.
 */
export class Gossip {
  readonly #host: GossipHost;
  /** Heads that are verified and ahead of what is held here. */
  readonly #heard = new Map<Origin, FrontierEntry>();
  /** Newest manifests of own logs that have moved and are not published yet. */
  readonly #unpublished = new Map<Origin, Manifest>();
  #dueMs: number | undefined;

  constructor(host: GossipHost) {
    this.#host = host;
  }

  /** Judges a message that a peer has passed on, and takes from it what is new. */
  receive(peer: DeviceId, request: number, bytes: Uint8Array): void {
    const { judgement, heads } = this.#judge(bytes);
    this.#host.emit({ type: 'gossip-verdict', request, ...judgement });
    // Whoever passes something on has judged it first, by the same rules.
    if (judgement.verdict === 'reject') this.#host.strike(peer, judgement.fault);
    for (const entry of heads) {
      this.#remember(entry);
      this.#host.heard(deviceOf(entry.origin), entry);
    }
  }

  /** Notes that a position is committed: it is no longer news, and if it is this device's own, it is published. */
  committed(entry: FrontierEntry, { manifest }: LogTail, nowMs: number): void {
    const { origin } = entry;
    const heard = this.#heard.get(origin);
    if (heard !== undefined && !isAhead(heard, entry)) this.#heard.delete(origin);
    if (deviceOf(origin) !== this.#host.device || this.#host.connected() !== 'some') return;
    keepNewest(this.#unpublished, origin, manifest, GOSSIP_LIMITS.unpublishedMax);
    this.#dueMs ??= nowMs + GOSSIP_LIMITS.gatherMs;
  }

  /**
   * Publishes the proof of a fork, once it is committed. It goes alone, so that all who learn of the fork publish the
   * same bytes, which the network then passes on once.
   */
  proved(evidence: Uint8Array): void {
    if (this.#host.connected() === 'none') return;
    this.#host.emit({ type: 'publish', message: encodeGossip({ manifests: [], evidence: [evidence] }) });
  }

  /** Publishes what has gathered, when it is time. */
  tick(nowMs: number): void {
    if (this.#dueMs === undefined || !isDue(this.#dueMs, nowMs, GOSSIP_LIMITS.gatherMs)) return;
    const manifests = this.#takeMessage();
    this.#dueMs = this.#unpublished.size > 0 ? nowMs + GOSSIP_LIMITS.gatherMs : undefined;
    if (manifests.length > 0)
      this.#host.emit({ type: 'publish', message: encodeGossip({ manifests, evidence: [] }) });
  }

  /** When the next tick is needed, in ms since 1970. */
  get deadlineMs(): number | undefined {
    return this.#dueMs;
  }

  /** Positions that were heard of and are ahead of what is held here. */
  heard(): Iterable<FrontierEntry> {
    return this.#heard.values();
  }

  #judge(bytes: Uint8Array): {
    readonly judgement: GossipJudgement;
    readonly heads: readonly FrontierEntry[];
  } {
    const message = decodeGossip(bytes);
    if (!message.ok) return rejected(message.fault);
    const judgements = message.value.evidence.map((evidence) => this.#host.evidence(evidence));
    const bad = judgements.find((judgement) => judgement.verdict === 'reject' && !isLater(judgement.fault));
    if (bad !== undefined) return { judgement: bad, heads: [] };

    const manifests: Manifest[] = [];
    let isUnknown = judgements.some(({ verdict }) => verdict === 'reject');
    for (const encoded of message.value.manifests) {
      const manifest = this.#read(encoded);
      if (manifest.ok) manifests.push(manifest.value);
      else if (isLater(manifest.fault)) isUnknown = true;
      else return rejected(manifest.fault);
    }
    // A device that is not known may have been added by an event that is on its way.
    const known = manifests
      .filter(({ origin }) => this.#host.accepts(origin))
      .map((manifest) => ({ manifest, entry: frontierEntry(this.#host.crypto, manifest) }));
    isUnknown ||= known.length < manifests.length;
    const contradictions = known.filter(({ entry }) => this.#contradicts(entry));
    const heads = known.map(({ entry }) => entry).filter((entry) => this.#isNews(entry));
    const isNews = heads.length > 0 || judgements.some(({ verdict }) => verdict === 'accept');
    // Most of what comes is held already, and is not worth a look at its signatures.
    for (const { manifest } of isNews ? known : contradictions) {
      const verified = verifyManifest(this.#host.crypto, manifest, this.#host);
      if (!verified.ok) return rejected(verified.fault);
    }
    for (const { entry } of contradictions) this.#host.contradicted(entry.origin);
    if (!isNews) return IGNORED;
    const isWhole = !isUnknown && contradictions.length === 0;
    return { judgement: { verdict: isWhole ? 'accept' : 'ignore' }, heads };
  }

  #read(bytes: Uint8Array): Verdict<Manifest> {
    const manifest = this.#host.work.decodeManifest(bytes);
    if (!manifest.ok || manifest.value.space === this.#host.space) return manifest;
    return refuse('wrong_space', `a manifest of space ${manifest.value.space}`);
  }

  /** Whether a position is ahead of all that is held and was heard of, and may be of the history that is held. */
  #isNews(entry: FrontierEntry): boolean {
    const { logs } = this.#host;
    const isAheadOfAll =
      isAhead(entry, logs.held(entry.origin)) && isAhead(entry, this.#heard.get(entry.origin));
    return isAheadOfAll && !this.#contradicts(entry);
  }

  /** Whether a position and the one that is held cannot be of one history. */
  #contradicts(entry: FrontierEntry): boolean {
    const held = this.#host.logs.held(entry.origin);
    return held !== undefined && isContradiction(entry, held);
  }

  #remember(entry: FrontierEntry): void {
    // A message may hold two positions of one log.
    if (isAhead(entry, this.#heard.get(entry.origin)))
      keepNewest(this.#heard, entry.origin, entry, GOSSIP_LIMITS.heardMax);
  }

  /** As many heads as one message takes, those that wait longest first. */
  #takeMessage(): readonly Uint8Array[] {
    const taken: Uint8Array[] = [];
    let bytes = 0;
    for (const [origin, manifest] of this.#unpublished) {
      const encoded = encodeManifest(manifest);
      bytes += encoded.length + FIELD_HEAD_BYTES;
      if (taken.length === GOSSIP_LIMITS.manifestsMax || bytes > GOSSIP_LIMITS.messageBytesMax) break;
      taken.push(encoded);
      this.#unpublished.delete(origin);
    }
    return taken;
  }
}

/** Tag and length of a manifest in a message. */
const FIELD_HEAD_BYTES = 3;

const IGNORED = { judgement: { verdict: 'ignore' }, heads: [] } as const;

const rejected = (fault: Fault) => ({ judgement: { verdict: 'reject', fault }, heads: [] }) as const;

/** Sets a value, as the newest of at most `max`: the oldest goes when there are more. */
const keepNewest = <K, V>(map: Map<K, V>, key: K, value: V, max: number): void => {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > max && oldest !== undefined) map.delete(oldest);
};
