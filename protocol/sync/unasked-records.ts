import type { Origin } from '../event/index.ts';
import { creditOf, type SyncFrame, type ToldEntry } from './frame.ts';
import { isNextBy } from './frontier.ts';
import type { LogAliases } from './log-aliases.ts';
import type { RangeOutcome } from './range-receiver.ts';
import type { ReceivedBytes } from './received-bytes.ts';
import type { RemoteFrontier } from './remote-frontier.ts';
import type { SessionView } from './session-view.ts';

/** What has to be known to take records that nobody has asked for. */
export interface UnaskedHost {
  readonly view: SessionView;
  readonly remote: Pick<RemoteFrontier, 'disputed'>;
  readonly aliases: Pick<LogAliases, 'resolve'>;
  readonly bytes: Pick<ReceivedBytes, 'hold' | 'pass'>;
}

/** Takes the records that come with the news of them, where they come next; others are asked for like anything else. */
export class UnaskedRecords {
  readonly #host: UnaskedHost;

  constructor(host: UnaskedHost) {
    this.#host = host;
  }

  /** Looks what a frontier frame brings, once its entries have been heard. */
  take({ entries: [told], brought }: Extract<SyncFrame, { type: 'frontier' }>): RangeOutcome {
    if (told === undefined || brought === undefined) return { type: 'stray' };
    const { manifest, records } = brought;
    const { segment } = told;
    const origin = this.#host.aliases.resolve(told.log);
    const bytes = creditOf(records);
    const isTaken = origin !== undefined && this.#isNext(origin, told, records.length);
    const isCovered = isTaken ? this.#host.bytes.hold(bytes) : this.#host.bytes.pass(bytes);
    if (!isCovered) {
      const message = 'more records with the news of them than there was credit for';
      return { type: 'fault', code: 'credit_exceeded', message };
    }
    if (!isTaken) return { type: 'stray' };
    const skipped = told.events - records.length;
    const place = { origin, segment, skipped };
    return {
      type: 'whole',
      range: { ...place, manifest, records, bytes, resumed: false, continues: false },
    };
  }

  /** Whether records come next in a log, and the remote is believed on it. */
  #isNext(origin: Origin, told: ToldEntry, records: number): boolean {
    const { remote, view } = this.#host;
    if (!view.accepts(origin) || remote.disputed.has(origin)) return false;
    return isNextBy(records, told, view.held(origin));
  }
}
