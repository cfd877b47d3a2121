import type { Origin } from '../event/index.ts';
import type { LogName } from './frame.ts';
import { SYNC_LIMITS } from './limits.ts';

/**
 * The short names of logs in one session. Each log that a side spells out in an entry gets that side's next
 * number, on both sides alike, since frames arrive in order.
 */
export class LogAliases {
  readonly #own = new AliasList();
  readonly #remote = new AliasList();

  /** How this side names a log in an entry that it tells; one that has no alias is spelled out and gets one. */
  tell(origin: Origin): LogName {
    const name = this.name(origin);
    if (name.type === 'origin') this.#own.add(origin);
    return name;
  }

  /** How this side names a log. */
  name(origin: Origin): LogName {
    const remote = this.#remote.number(origin);
    if (remote !== undefined) return { type: 'alias', by: 'receiver', number: remote };
    const own = this.#own.number(origin);
    return own === undefined ? { type: 'origin', origin } : { type: 'alias', by: 'sender', number: own };
  }

  /** The log that the remote names in an entry; undefined when it has given no such alias, or too many. */
  hear(name: LogName): Origin | undefined {
    if (name.type === 'origin' && !this.#remote.add(name.origin)) return undefined;
    return this.resolve(name);
  }

  /** The log that the remote names; undefined when there is no such alias. */
  resolve(name: LogName): Origin | undefined {
    if (name.type === 'origin') return name.origin;
    return (name.by === 'sender' ? this.#remote : this.#own).origin(name.number);
  }
}

/** The logs that one side spelled out, in order. */
class AliasList {
  readonly #origins: Origin[] = [];
  readonly #numbers = new Map<Origin, number>();

  /** Gives a log the next number unless it has one; false when there are too many. */
  add(origin: Origin): boolean {
    if (this.#numbers.has(origin)) return true;
    if (this.#origins.length >= SYNC_LIMITS.frontierLogsMax) return false;
    this.#numbers.set(origin, this.#origins.length);
    this.#origins.push(origin);
    return true;
  }

  number(origin: Origin): number | undefined {
    return this.#numbers.get(origin);
  }

  origin(number: number): Origin | undefined {
    return this.#origins[number];
  }
}
