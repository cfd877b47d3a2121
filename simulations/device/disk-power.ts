import type { PowerCut, SimDisk } from '../disk/index.ts';
import type { DrawStream, Draws } from '../draws/index.ts';

/** Streams of draws for torn writes, apart from those of devices by their numbers alone. */
const TORN = 0x4000_0000;

/** What a loss of power takes of a disk, as it is drawn. That writes are torn shifts no other draw. */
export class DiskPower {
  readonly #disk: SimDisk;
  readonly #chance: DrawStream;
  readonly #tornChance: DrawStream;

  constructor(disk: SimDisk, draws: Draws, number: number) {
    this.#disk = disk;
    this.#chance = draws.stream('disk', number);
    this.#tornChance = draws.stream('disk', TORN + number);
  }

  /** The power goes off; if torn, while the disk was writing in an order of its own. */
  cut(torn: boolean, newStoreId: () => string): PowerCut {
    if (torn) return this.#disk.tear(this.#tornChance, newStoreId);
    const { unsynced, safeRecords } = this.#disk;
    const kept = this.#chance.between(safeRecords, unsynced);
    return this.#disk.crash(kept, this.#chance.between(0, unsynced));
  }
}
