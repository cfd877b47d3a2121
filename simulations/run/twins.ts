import type { DeviceId } from '../../protocol/crypto/index.ts';
import type { Network } from '../network/index.ts';

/**
 * Devices by their ids. Those of one key share an id: whoever speaks with one of them speaks with no other one at
 * the same time, as in the node.
 */
export class Twins {
  readonly #numbers = new Map<DeviceId, number[]>();
  readonly #ids: readonly DeviceId[];

  constructor(ids: readonly DeviceId[]) {
    this.#ids = ids;
    for (const [number, id] of ids.entries())
      this.#numbers.set(id, [...(this.#numbers.get(id) ?? []), number]);
  }

  /** Whether there are any. */
  get isAny(): boolean {
    return this.#numbers.size < this.#ids.length;
  }

  /** The device of an id with which another one has a session, or the first one. */
  numberOf(id: DeviceId, from: number, network: Pick<Network, 'hasSession'>): number | undefined {
    const numbers = this.#numbers.get(id) ?? [];
    if (numbers.length < 2) return numbers[0];
    return numbers.find((number) => network.hasSession(from, number)) ?? numbers[0];
  }

  /** Whether a device has no session with a twin of another one, and is none itself. */
  isFree(from: number, to: number, network: Pick<Network, 'hasSession'>): boolean {
    if (!this.isAny) return true;
    if (this.#ids[from] === this.#ids[to]) return false;
    const id = this.#ids[to];
    const twins = id === undefined ? [] : (this.#numbers.get(id) ?? []);
    return !twins.some((twin) => twin !== to && network.hasSession(from, twin));
  }
}
