import { Herald } from './herald.ts';
import type { RunListener } from './listener.ts';
import type { News } from './news.ts';
import { Samples } from './samples.ts';
import type { Stretch } from './stretch.ts';
import type { World, WorldWatcher } from './world.ts';

/** Tells a listener what it wants to hear of a run, if there is one. */
export class Telling {
  readonly #listener: RunListener | undefined;
  readonly #herald: Herald | undefined;
  #samples: Samples | undefined;
  #world: World | undefined;

  constructor(listener: RunListener | undefined) {
    this.#listener = listener;
    this.#herald =
      listener?.news === undefined ? undefined : new Herald((news) => void listener.news?.(news));
  }

  /** The watcher of a world, which also hears of what is to be told. */
  watcherBeside(watcher: WorldWatcher): WorldWatcher {
    const herald = this.#herald;
    if (herald === undefined) return watcher;
    return {
      opened(device, image) {
        herald.opened(device);
        watcher.opened(device, image);
      },
      stepped(device, input, effects) {
        herald.stepped(device, input, effects);
        watcher.stepped(device, input, effects);
      },
      synced: (device) => watcher.synced(device),
      parted: (device, peer) => watcher.parted(device, peer),
      showed: (goal) => watcher.showed(goal),
    };
  }

  /** Before anything has happened in the world. */
  enter(world: World): void {
    const { samples } = this.#listener ?? {};
    this.#world = world;
    this.#herald?.enter(world);
    if (samples !== undefined)
      this.#samples = new Samples(samples.everyUs, world.devices, (sample) => samples.take(sample));
  }

  news(news: Untimed<News>): void {
    this.#listener?.news?.({ atUs: this.#world?.agenda.nowUs ?? 0, ...news });
  }

  /** Nothing happens before a time. */
  before(timeUs: number): void {
    this.#samples?.before(timeUs);
  }

  end(stretch: Stretch): void {
    if (this.#world === undefined) return;
    const { agenda, devices, network } = this.#world;
    this.#samples?.take(agenda.nowUs);
    this.#listener?.journeys?.(stretch.journeys(devices.length, network.passages()));
  }
}

/** News of the whole run, without its time. */
type Untimed<Kind> = Kind extends { readonly device: number } ? never : Omit<Kind, 'atUs'>;
