import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { type DeviceId, parseDeviceId } from '../../protocol/crypto/index.ts';
import { type Origin, parseOrigin, type Seq } from '../../protocol/event/index.ts';
import { HOME_LAYOUT, writeFileAtomic } from '../home/index.ts';

/** Logs that are kept of one device; with more it is not noted what it held, and shown as unknown. */
const SIGHTING_LOGS_MAX = 1024;

/** What a device held when it was last connected. */
export interface Sighting {
  readonly device: DeviceId;
  /** Wall clock of this device, ms since 1970. */
  readonly seenMs: number;
  /** How much it held of each log that was held here. */
  readonly holds: ReadonlyMap<Origin, Seq>;
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
  readonly #sightings: Map<DeviceId, Sighting>;
  #saving: Promise<void> = Promise.resolve();

  private constructor(path: string, sightings: readonly Sighting[]) {
    this.#path = path;
    this.#sightings = new Map(sightings.map((sighting) => [sighting.device, sighting]));
  }

  static async open(home: string): Promise<Sightings> {
    const path = join(home, HOME_LAYOUT.sightings);
    const text = await readFile(path, 'utf8').catch(() => '');
    const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), SCHEMA), text);
    const rows = parsed.success ? parsed.output : [];
    return new Sightings(
      path,
      rows.map((row) => ({ ...row, holds: new Map(Object.entries(row.holds) as [Origin, Seq][]) })),
    );
  }

  get(device: DeviceId): Sighting | undefined {
    return this.#sightings.get(device);
  }

  /** Notes what devices hold. */
  note(sightings: Iterable<Sighting>): void {
    let isChanged = false;
    for (const sighting of sightings) {
      if (sighting.holds.size > SIGHTING_LOGS_MAX) continue;
      this.#sightings.set(sighting.device, sighting);
      isChanged = true;
    }
    if (isChanged) this.#save();
  }

  /** Resolves when everything noted is in the file. */
  saved(): Promise<void> {
    return this.#saving;
  }

  #save(): void {
    const rows = [...this.#sightings.values()].map((row) => ({
      ...row,
      holds: Object.fromEntries(row.holds),
    }));
    this.#saving = this.#saving
      .then(() => writeFileAtomic(this.#path, `${JSON.stringify(rows)}\n`, { mode: 0o600, durable: false }))
      // A convenience: a full disk must not stop the device.
      .catch(() => undefined);
  }
}
