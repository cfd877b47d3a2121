import type { Origin } from '../../protocol/event/index.ts';
import type { SyncFrame } from '../../protocol/sync/index.ts';
import type { DrawStream } from '../draws/index.ts';
import { logsIn } from './false-words.ts';

/** Numbers of wants that a device does not come to by itself. */
const FIRST_WANT = 1_000_000;

/** Logs that each peer has spelled out, of which it is asked. */
const LOGS_MAX = 64;

/** Asks peers again and again for what they hold, and throws it away. */
export class WantFlood {
  readonly #say: (peer: number, frame: SyncFrame) => void;
  readonly #logs = new Map<number, Origin[]>();
  #wants = 0;

  constructor(say: (peer: number, frame: SyncFrame) => void) {
    this.#say = say;
  }

  /** Asks a peer for one of the logs that it has told of; whether there is one. */
  want(peer: number, stream: DrawStream): boolean {
    const origin = stream.pick(this.#logs.get(peer) ?? []);
    if (origin === undefined) return false;
    this.#wants += 1;
    const log = { type: 'origin', origin } as const;
    this.#say(peer, { type: 'want', want: FIRST_WANT + this.#wants, log, segment: 0, events: 0, until: 0 });
    return true;
  }

  /** Looks at a frame of a peer; whether it answers what the device has not asked. */
  takes(peer: number, frame: SyncFrame): boolean {
    const logs = this.#logs.get(peer) ?? [];
    for (const origin of logsIn(frame)) {
      if (logs.length < LOGS_MAX && !logs.includes(origin)) logs.push(origin);
    }
    this.#logs.set(peer, logs);
    if ((frame.type !== 'range' && frame.type !== 'want-end') || frame.want < FIRST_WANT) return false;
    if (frame.type === 'range') {
      const bytes = frame.records.reduce((sum, { length }) => sum + length, 0);
      // With new credit it goes on for ever.
      if (bytes > 0) this.#say(peer, { type: 'credit', bytes });
    }
    return true;
  }
}
