import { canonicalText, type JsonValue } from '../../protocol/bytes/index.ts';
import { CONTROL_NAMESPACE, type Origin, type PlacedEvent } from '../../protocol/event/index.ts';
import { SmoError } from '../../protocol/fault/index.ts';
import type { Place } from '../../protocol/log/index.ts';
import { expectedSwiftly, type ReplicaView, type SeqByLog } from '../oracle/index.ts';
import type { Copies } from './copies.ts';
import { type Authored, type Histories, placeName } from './histories.ts';
import { canGive } from './losses.ts';
import { viewOfMembership } from './membership-view.ts';
import { storedConflicts } from './stored-conflicts.ts';
import type { Note } from './violation.ts';
import type { WatchedDevice } from './watched-device.ts';

/** Holds one device to what the oracle makes of what it holds: its state (S2), its conflicts (S7), its disk (S3). */
export const checkAgainstOracle = async (
  device: WatchedDevice,
  copies: Copies,
  histories: Histories,
  founding: PlacedEvent,
  note: Note,
): Promise<void> => {
  const { engine, number } = device;
  if (engine.rebuilding !== undefined) {
    const { done, total } = engine.rebuilding;
    note('S2', number, `is still making its state anew: ${done} of ${total} events`);
    return;
  }
  const logs = new Map([...copies.all()].map(({ tail }) => [tail.log.origin, chainTo(tail)]));
  await checkDisk(device, copies, logs, note);
  const held = [...logs.values()]
    .flatMap((nodes) => undamaged(device, readable(nodes)))
    .map((node) => histories.eventOf(node));
  const forks = sorted([...engine.forks()].map(({ origin, seq }) => [origin, seq] as const));
  const { view, state } = expectedSwiftly(founding, held, forks, device.device);
  const shown = shownBy(device, founding, held, forks);
  for (const part of ['applied', 'membership', 'counts', 'digest'] as const) {
    const [is, due] = [text(shown[part]), text(view[part])];
    if (is !== due) note('S2', number, `${part}: shows ${differenceIn(is, due)}`);
  }
  const eventAt = ({ origin, seq }: Place): PlacedEvent => {
    const node = logs.get(origin)?.[seq - 1];
    if (node === undefined) throw new RangeError(`${origin} ${seq} is not held`);
    return histories.eventOf(node);
  };
  const conflicts = await storedConflicts(device, eventAt);
  for (const list of ['openConflicts', 'closedConflicts', 'invalidResolutions'] as const) {
    const [is, due] = [text(conflicts[list]), text(state[list])];
    if (is !== due) note('S7', number, `${list}: keeps ${differenceIn(is, due)}`);
  }
};

const shownBy = (
  { engine }: WatchedDevice,
  founding: PlacedEvent,
  held: readonly PlacedEvent[],
  forks: SeqByLog,
): ReplicaView => {
  const logs = [...new Set(held.map(({ origin }) => origin))];
  // Every device knows the first event of its space, whether it holds that or not.
  const control = held.filter(
    ({ id, type }) => id !== founding.id && type.startsWith(`${CONTROL_NAMESPACE}/`),
  );
  return {
    digest: engine.replica.digest.toHex(),
    counts: engine.replica.counts,
    membership: viewOfMembership(engine.membership, logs, [founding, ...control]),
    forks,
    applied: sorted([...engine.replica.applied()].filter(([, seq]) => seq > 0)),
  };
};

const checkDisk = async (
  { records, number }: WatchedDevice,
  copies: Copies,
  logs: ReadonlyMap<Origin, readonly Authored[]>,
  note: Note,
): Promise<void> => {
  for (const [origin, nodes] of logs) {
    const stored = await records.records(origin, 1, nodes.length).catch((error: unknown) => {
      // What is damaged, and known to be, is no record.
      if (error instanceof SmoError) return undefined;
      throw error;
    });
    if (stored === undefined) continue;
    if (stored.length < nodes.length) {
      note('S6', number, `has ${stored.length} records of ${origin} on its disk, of ${nodes.length}`);
    }
    for (const [i, record] of stored.entries()) {
      const node = nodes[i];
      if (node === undefined || Buffer.compare(node.record, record) === 0) continue;
      if (!copies.isRotten(origin, node.seq)) {
        note('S3', number, `has another record on its disk at ${placeName(node)} than was written`);
      }
    }
  }
};

/** Of a history: what comes before the first record that is no event, which only a forger keeps. */
const readable = (nodes: readonly Authored[]): readonly Authored[] => {
  const end = nodes.findIndex(({ isReadable }) => !isReadable);
  return end < 0 ? nodes : nodes.slice(0, end);
};

/** Of a history as it is held: what is applied, and what can be applied yet, as the disk gives all of it up to there. */
const undamaged = (device: WatchedDevice, nodes: readonly Authored[]): readonly Authored[] => {
  const [first] = nodes;
  if (first === undefined) return nodes;
  const { origin } = first.log;
  if (!device.records.damagedSegments().some((damaged) => damaged.origin === origin)) return nodes;
  let length = device.engine.replica.applied().get(origin) ?? 0;
  while (length < nodes.length && canGive(device, origin, length + 1)) length += 1;
  return nodes.slice(0, length);
};

/** The records of a history, in order. */
const chainTo = (tail: Authored): readonly Authored[] => {
  const chain: Authored[] = [];
  for (let node = tail; node.before !== undefined; node = node.before) chain.push(node);
  return chain.reverse();
};

/** What is undefined has no text, and none on the other side either. */
const text = (value: unknown): string => canonicalText(JSON.parse(JSON.stringify(value)) as JsonValue);

/** Where two texts differ, with a little of what comes before. */
const differenceIn = (is: string, due: string): string => {
  let at = 0;
  while (at < is.length && is[at] === due[at]) at += 1;
  const from = Math.max(0, at - 80);
  return `...${is.slice(from, at + 120)}..., which should be ...${due.slice(from, at + 120)}...`;
};

const sorted = (entries: readonly (readonly [string, number])[]): SeqByLog =>
  Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
