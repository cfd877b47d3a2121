import type { Origin } from '../../protocol/event/index.ts';
import type { Copies, Copy } from './copies.ts';
import { type Authored, commonOf, placeName } from './histories.ts';
import type { Note } from './violation.ts';
import type { WatchedDevice } from './watched-device.ts';

/** That a device holds all that it has acknowledged, and that its disk has not lost (S4). */
export const checkKept = (device: WatchedDevice, copies: Copies, note: Note): void => {
  for (const copy of copies.all()) {
    if (copy.acked !== undefined) lookFor(copy.acked, device, copy, note);
  }
};

/** That a device has got back what its disk has lost and others hold safely (S4). */
export const checkReturned = (
  device: WatchedDevice,
  copies: Copies,
  others: () => readonly Copies[],
  note: Note,
): void => {
  for (const copy of copies.all()) {
    const { owed } = copy;
    if (owed === undefined) continue;
    const kept = others().map((other) => commonOf(other.of(owed.log.origin).safe, owed));
    const most = kept.reduce((best, node) => (node.seq > best.seq ? node : best), owed.log.start);
    lookFor(most, device, copy, note);
  }
};

/** That no segment is known to be damaged which others that are there could have mended (S4). */
export const checkMended = (device: WatchedDevice, helpers: () => readonly Copies[], note: Note): void => {
  const forked = new Set([...device.engine.forks()].map(({ origin }) => origin));
  for (const { origin, segment } of device.records.damagedSegments()) {
    const end = lastOf(device, origin, segment);
    // Of a log with two histories the others may hold the other one.
    if (end === undefined || forked.has(origin)) continue;
    if (!helpers().some((helper) => helper.of(origin).safe.seq >= end)) continue;
    note('S4', device.number, `holds segment ${segment} of ${origin} damaged, which others could mend`);
  }
};

/** The last seq of a segment, as its manifest says. */
const lastOf = ({ records }: WatchedDevice, origin: Origin, segment: number): number | undefined => {
  const manifest = records.manifest(origin, segment);
  return manifest && manifest.firstSeq + manifest.events - 1;
};

/** Of a log that is forked only what comes before that is of interest. */
const lookFor = (node: Authored, { engine, number }: WatchedDevice, { tail }: Copy, note: Note): void => {
  const { seq } = commonOf(tail, node);
  if (seq === node.seq) return;
  const fork = [...engine.forks()].find(({ origin }) => origin === node.log.origin);
  if (fork !== undefined && seq >= fork.seq - 1) return;
  note('S4', number, `lacks ${placeName(node)}, which it has acknowledged`);
};
