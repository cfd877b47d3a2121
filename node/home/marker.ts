import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isJsonObject, type JsonValue } from '../../protocol/bytes/index.ts';
import type { DeviceId } from '../../protocol/crypto/index.ts';
import type { LogTail } from '../../protocol/engine/index.ts';
import { type Origin, parseOrigin, type Seq } from '../../protocol/event/index.ts';
import type { Fault } from '../../protocol/fault/index.ts';
import { isMissing, writeFileAtomic } from '../files/index.ts';
import { type Environment, stateHomePath } from './state-path.ts';

/** How far a device has written its own logs, by origin. */
export type MarkerEntries = ReadonlyMap<Origin, Seq>;

/**
 * A note of how far a device has written its own logs, kept away from its home, so that a home restored from a
 * backup, or one that has lost writes, is found to be older than what the device has already signed.
 *
 * It is a second line of defence, in one small file that nobody waits for, and that is replaced without waiting for the
 * disk: after a crash it may be that of a moment before, or unreadable, and then says less, never too much.
 */
export interface Marker {
  read(): MarkerEntries;
  /**
   * Notes how far logs of this device have come, after they have; a seq that is not new changes nothing.
   * Resolves when the file has been replaced: once for all that is noted while it is being replaced.
   */
  advance(reached: Readonly<Record<Origin, Seq>>): Promise<void>;
}

/** A log that is shorter than its device remembers. */
export interface BehindMarker extends Fault<'store_behind_marker'> {
  readonly origin: Origin;
  /** What the marker says. */
  readonly marked: Seq;
  /** What the store holds; 0 when it does not know the log. */
  readonly held: Seq;
}

/** Path of the file that is the marker of a device. */
export const markerPath = (device: DeviceId, env: Environment): string =>
  join(stateHomePath(env), 'markers', `${device}.json`);

/** Opens the marker of a device; a missing or unreadable file is an empty one. */
export const openMarker = async (device: DeviceId, env: Environment): Promise<Marker> => {
  const path = markerPath(device, env);
  const entries = new Map(await readEntries(path));
  let underWay: Promise<void> = Promise.resolve();
  /** The replacement after that, which takes up all that is noted until it begins. */
  let next: Promise<void> | undefined;
  return {
    read: () => new Map(entries),
    advance(reached) {
      const news = Object.entries(reached).filter(
        ([origin, seq]) => seq > (entries.get(origin as Origin) ?? 0),
      );
      for (const [origin, seq] of news) entries.set(origin as Origin, seq);
      if (news.length === 0 || next !== undefined) return next ?? underWay;
      // Each after the one before: an older text must never replace a newer one.
      const turn = underWay.then(() => {
        next = undefined;
        return replace(path, `${JSON.stringify(Object.fromEntries(entries))}\n`);
      });
      next = turn;
      underWay = turn.catch(() => undefined);
      return turn;
    },
  };
};

/** The logs that a store holds less of than its device has written; none when the store is as it was left. */
export const compareMarker = (marker: MarkerEntries, tails: readonly LogTail[]): readonly BehindMarker[] => {
  const lengths = new Map(
    tails.map(({ manifest }) => [manifest.origin, manifest.firstSeq + manifest.events - 1]),
  );
  return [...marker].flatMap(([origin, marked]): readonly BehindMarker[] => {
    const held = lengths.get(origin) ?? 0;
    if (held >= marked) return [];
    const message = `this device has written log ${origin} up to seq ${marked}, and its store ends at ${held}: the store is an older copy`;
    return [{ code: 'store_behind_marker', message, origin, marked, held }];
  });
};

const replace = async (path: string, text: string): Promise<void> => {
  const write = () => writeFileAtomic(path, text, { mode: 0o600, durable: false });
  try {
    await write();
  } catch (error) {
    if (!isMissing(error)) throw error;
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await write();
  }
};

const readEntries = async (path: string): Promise<readonly (readonly [Origin, Seq])[]> => {
  const json = await readJson(path);
  if (!isJsonObject(json)) return [];
  return Object.entries(json).flatMap(([text, seq]): readonly (readonly [Origin, Seq])[] => {
    const origin = parseOrigin(text);
    return origin.ok && Number.isSafeInteger(seq) && Number(seq) > 0 ? [[origin.value, Number(seq)]] : [];
  });
};

const readJson = async (path: string): Promise<JsonValue> => {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    if (isMissing(error) || error instanceof SyntaxError) return null;
    throw error;
  }
};
