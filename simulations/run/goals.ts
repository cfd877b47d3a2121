import type { EngineEffect, EngineImage, EngineInput, LogWrite } from '../../protocol/engine/index.ts';
import type { SimDevice } from '../device/index.ts';
import type { Fault, Goal } from '../plan/index.ts';

/** Notices what has happened, as far as a run can be asked for it. */
export class Goals {
  readonly #reached = new Set<Goal>();
  /** Devices that were up before. */
  readonly #started = new Set<number>();
  /** For each record store, how many arrivals it has had at most. */
  readonly #arrivals = new Map<string, number>();

  /** Those of some goals that were not reached. */
  missed(goals: readonly Goal[]): readonly Goal[] {
    return goals.filter((goal) => !this.#reached.has(goal));
  }

  /** Something has happened that is noticed elsewhere. */
  showed(goal: Goal): void {
    this.#reached.add(goal);
  }

  opened(device: number, { storeId, arrivals }: Pick<EngineImage, 'storeId' | 'arrivals'>): void {
    if (this.#started.has(device)) this.#reached.add('restart');
    this.#started.add(device);
    if (arrivals < (this.#arrivals.get(storeId) ?? 0)) this.#reached.add('store-set-back');
  }

  stepped(device: SimDevice, input: EngineInput, effects: readonly EngineEffect[], isParted: boolean): void {
    if (input.type === 'repaired' && input.restored) this.#reached.add('damage-mended');
    for (const effect of effects) {
      const { type } = effect;
      if (effect.type === 'commit') this.#arrived(device.disk.records.storeId, effect.commit.logs);
      if (type === 'appended' && isParted) this.#reached.add('write-while-parted');
      if (type === 'appended' && device.cloneOf !== undefined) this.#reached.add('clone-wrote');
      if (type === 'log-retired') this.#reached.add('own-log-retired');
      if (type === 'equivocation') this.#reached.add('fork-proved');
      if (type === 'strike') this.#reached.add('strike');
      if (effect.type === 'refused' && effect.fault.code === 'record_unknown_codec')
        this.#reached.add('unknown-codec-refused');
    }
    const { openConflicts, closedConflicts, excluded } = device.engine.replica.counts;
    if (openConflicts > 0) this.#reached.add('conflict-opened');
    if (closedConflicts > 0) this.#reached.add('conflict-closed');
    if (excluded > 0) this.#reached.add('event-excluded');
  }

  #arrived(storeId: string, logs: readonly Pick<LogWrite, 'arrival'>[]): void {
    const last = logs.at(-1)?.arrival ?? 0;
    if (last > (this.#arrivals.get(storeId) ?? 0)) this.#arrivals.set(storeId, last);
  }

  /** To be called before the device learns of it. */
  parted(device: SimDevice, peer: string): void {
    this.#reached.add('session-broken');
    if (!device.isUp) return;
    const state = [...device.engine.peers()].find((other) => other.device === peer);
    if ((state?.behind ?? 0) > 0) this.#reached.add('session-broken-mid-transfer');
  }

  /** To be called before it happens. */
  happening(fault: Fault, devices: readonly SimDevice[]): void {
    if (fault.type === 'clock' && fault.stepMs < 0) this.#reached.add('clock-behind');
    if (fault.type === 'crash' && (devices[fault.device]?.disk.unsynced ?? 0) > 0) {
      this.#reached.add('unsynced-write-lost');
    }
  }
}
