import type { AppendEntry } from '../../protocol/engine/index.ts';
import { deviceOf, type EventDraft, type Origin, type Seq } from '../../protocol/event/index.ts';
import { type ChainedCommit, cutChains, sourcedDraftsOfCommit } from '../../protocol/git-history/index.ts';
import type { Place } from '../../protocol/log/index.ts';
import { type PlacePair, placeOf, rowKey } from '../../protocol/projection/index.ts';
import type { Imported } from '../api/index.ts';
import { readGitHistory } from '../git/index.ts';
import { type Device, newOrigin } from './device.ts';

/**
 * Imports the history of a git repository: each chain of commits becomes a log of this device, each commit the
 * events of its changed paths, with the commit's parents as what they have seen. Importing again after new
 * commits adds only those.
 */
export const importGit = async (device: Device, path: string): Promise<Imported> => {
  const { commits } = await readGitHistory(path);
  const cut = cutChains(commits);
  const writer = new CommitWriter(device);
  for (const commit of cut.commits) writer.add(commit);
  if (writer.entries.length > 0) await device.host.append(writer.entries);
  return {
    imported: writer.entries.length,
    known: writer.known,
    logs: cut.chains.length,
    late: 0,
    skipped: 0,
  };
};

/** Where a commit's last event is, and when it was written. */
interface CommitEnd {
  readonly place: Place;
  readonly timestamp: number;
}

/** Turns commits, parents first, into entries for the device's logs. */
class CommitWriter {
  readonly entries: AppendEntry[] = [];
  /** Events that earlier imports have appended. */
  known = 0;
  readonly #device: Device;
  /** By chain and position, both as numbers in one key. */
  readonly #ends = new Map<string, CommitEnd>();
  readonly #lengths = new Map<Origin, Seq>();

  constructor(device: Device) {
    this.#device = device;
  }

  add(chained: ChainedCommit): void {
    const drafts = sourcedDraftsOfCommit(chained.commit);
    const key = endKey(chained.chain, chained.position);
    const earlier = this.#imported(drafts);
    if (earlier !== undefined) {
      this.known += drafts.length;
      this.#ends.set(key, earlier);
      return;
    }
    this.#ends.set(key, this.#append(chained, drafts));
  }

  /** The end of a commit that is here already. A commit is appended whole, so its last event tells. */
  #imported(drafts: readonly EventDraft[]): CommitEnd | undefined {
    const id = drafts.at(-1)?.source?.id ?? '';
    const pairs = this.#device.state.get(rowKey('source', id)) as unknown as readonly PlacePair[] | undefined;
    const pair = pairs?.[0];
    if (pair === undefined) return undefined;
    const { timestamp } = this.#device.reader.event(placeOf(pair));
    return { place: placeOf(pair), timestamp };
  }

  #append({ commit, chain, position, seen }: ChainedCommit, drafts: readonly EventDraft[]): CommitEnd {
    const before = this.#ends.get(endKey(chain, position - 1));
    const causes = seen.flatMap((point) => this.#ends.get(endKey(point.chain, point.position)) ?? []);
    const all = before === undefined ? causes : [...causes, before];
    const origin = this.#logAfter(before);
    // Later than every cause, so that the total order extends causality whatever git's clocks said.
    const timestamp = Math.max(commit.authoredAtMs, 0, ...all.map((end) => end.timestamp + 1));
    const vector = Object.fromEntries(
      all.filter(({ place }) => place.origin !== origin).map(({ place }) => [place.origin, place.seq]),
    );
    let seq = this.#length(origin);
    for (const draft of drafts) {
      this.entries.push({ origin, draft, timestamp, seen: vector });
      seq += 1;
    }
    this.#lengths.set(origin, seq);
    return { place: { origin, seq }, timestamp };
  }

  /** The log whose end the chain's commit before stands at; a new one where others have gone on from there. */
  #logAfter(before: CommitEnd | undefined): Origin {
    if (before === undefined) return newOrigin(this.#device);
    const { origin, seq } = before.place;
    const own = deviceOf(origin) === this.#device.signer.device;
    const goesOn = own && this.#length(origin) === seq && !this.#device.host.engine.retired.has(origin);
    return goesOn ? origin : newOrigin(this.#device);
  }

  #length(origin: Origin): Seq {
    return this.#lengths.get(origin) ?? this.#device.host.engine.replica.causality.applied(origin);
  }
}

const endKey = (chain: number, position: number): string => `${chain} ${position}`;
