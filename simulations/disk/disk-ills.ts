import { SmoError } from '../../protocol/fault/index.ts';
import type { DrawStream } from '../draws/index.ts';
import type { DiskIll } from '../plan/index.ts';

/** What becomes of a write: done; nothing of it is there; or it is there, and could not be made safe. */
export type WriteFate = 'done' | 'full' | 'refused' | 'unsafe';

/** What a disk does wrong for now. Without an ill it makes no draw. */
export class DiskIlls {
  readonly #chance: DrawStream;
  /** In how many cases out of a million. */
  readonly #ppm = new Map<DiskIll, number>();
  /** Is told of each thing that goes wrong. */
  failed: (what: 'disk-full' | 'write-failed' | 'read-failed') => void = () => undefined;

  constructor(chance: DrawStream) {
    this.#chance = chance;
  }

  begin(ill: DiskIll, ppm: number): void {
    this.#ppm.set(ill, ppm);
  }

  end(ill: DiskIll): void {
    this.#ppm.delete(ill);
  }

  /** Whether it says now of what is not safe that it is. */
  get lies(): boolean {
    return this.#ppm.has('lie');
  }

  /** Decides on the next write. */
  write(): WriteFate {
    if (this.#strikes('full')) return this.#fails('disk-full', 'full');
    if (this.#strikes('write'))
      return this.#fails('write-failed', this.#chance.below(2) === 0 ? 'refused' : 'unsafe');
    return 'done';
  }

  /**
   * Gives what is read; `fail` is called before a failure.
   * @throws SmoError `store_damaged` or `state_damaged`, which is what the node makes of a read that fails
   */
  read<T>(database: 'records' | 'state', read: () => T, fail: () => void = () => undefined): T {
    if (!this.#strikes('read')) return read();
    fail();
    this.#fails('read-failed', undefined);
    throw new SmoError(
      database === 'records' ? 'store_damaged' : 'state_damaged',
      `the store of the ${database} is damaged: IO error: Input/output error`,
      'Check the disk.',
    );
  }

  #strikes(ill: DiskIll): boolean {
    const ppm = this.#ppm.get(ill);
    return ppm !== undefined && this.#chance.chance(ppm);
  }

  #fails<T>(what: Parameters<DiskIlls['failed']>[0], fate: T): T {
    this.failed(what);
    return fate;
  }
}
