import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { type DeviceId, parseDeviceId } from '../../protocol/crypto/index.ts';
import { type Origin, parseOrigin, type Seq } from '../../protocol/event/index.ts';
import { writeFileAtomic } from '../files/index.ts';
import { HOME_LAYOUT } from '../home/index.ts';
import type { Holdings } from './copies.ts';

/** Logs that are kept of one device; with more it is not noted what it held, and shown as unknown. */
const SIGHTING_LOGS_MAX = 1024;

/** How often it is written at most when a device was seen that holds what it held, in ms: what a crash forgets of it. */
export const SEEN_AGAIN_MS = 3_600_000;

/** What a device held when it was last connected. */
export interface Sighting {
  readonly device: DeviceId;
  /** Wall clock of this device, ms since 1970. */
  readonly seenMs: number;
  /** How much it held of each log that was held here. */
  readonly holds: Holdings;
}

const SCHEMA = v.array(
  v.object({
    device: v.custom<DeviceId>((text) => typeof text === 'string' && parseDeviceId(text).ok),
    seenMs: v.number(),
    holds: v.record(
      v.custom<Origin>((text) => typeof text === 'string' && parseOrigin(text).ok),
      v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
    ),
  }),
);

/**
 * What is known of devices that are away, in a file of the home: who lacks how much, and what is nowhere else. Losing
 * it makes that unknown until the devices meet again and nothing else, so an unreadable file is an empty one.
 */
export class Sightings {
  readonly #path: string;
  readonly #write: typeof writeFileAtomic;
  readonly #sightings: Map<DeviceId, Sighting>;
  /** What is in the file, or about to be. */
  #written: ReadonlyMap<DeviceId, Sighting>;
  #saving: Promise<void> = Promise.resolve();

  private constructor(path: string, sightings: readonly Sighting[], write: typeof writeFileAtomic) {
    this.#path = path;
    this.#write = write;
    this.#sightings = new Map(sightings.map((sighting) => [sighting.device, sighting]));
    this.#written = new Map(this.#sightings);
  }

  static async open(home: string, write = writeFileAtomic): Promise<Sightings> {
    const path = join(home, HOME_LAYOUT.sightings);
    const text = await readFile(path, 'utf8').catch(() => '');
    const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), SCHEMA), text);
    const rows = parsed.success ? parsed.output : [];
    return new Sightings(
      path,
      rows.map((row) => ({ ...row, holds: new Map(Object.entries(row.holds) as [Origin, Seq][]) })),
      write,
    );
  }

  get(device: DeviceId): Sighting | undefined {
    return this.#sightings.get(device);
  }

  /** Notes what devices hold. What is new of that is written at once, that they were seen again only now and then. */
  note(sightings: Iterable<Sighting>): void {
    let isNews = false;
    for (const sighting of sightings) {
      if (sighting.holds.size > SIGHTING_LOGS_MAX) continue;
      this.#sightings.set(sighting.device, sighting);
      isNews ||= isNew(sighting, this.#written.get(sighting.device));
    }
    if (isNews) this.#save();
  }

  /** Resolves when everything noted is in the file. */
  saved(): Promise<void> {
    const isBehind = [...this.#sightings].some(
      ([device, sighting]) => this.#written.get(device) !== sighting,
    );
    if (isBehind) this.#save();
    return this.#saving;
  }

  #save(): void {
    this.#written = new Map(this.#sightings);
    const rows = [...this.#sightings.values()].map((row) => ({
      ...row,
      holds: Object.fromEntries(row.holds),
    }));
    this.#saving = this.#saving
      .then(() => this.#write(this.#path, `${JSON.stringify(rows)}\n`, { mode: 0o600, durable: false }))
      .catch(() => {
        // A convenience: a full disk must not stop the device. The next note is written again.
        this.#written = new Map();
      });
  }
}

const isNew = ({ seenMs, holds }: Sighting, written: Sighting | undefined): boolean =>
  written === undefined ||
  Math.abs(seenMs - written.seenMs) >= SEEN_AGAIN_MS ||
  holds.size !== written.holds.size ||
  [...holds].some(([origin, seq]) => written.holds.get(origin) !== seq);
