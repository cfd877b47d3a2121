import { CORE_TYPE } from '../../protocol/event/index.ts';
import { mayWrite } from '../../protocol/membership/index.ts';
import { rowKey } from '../../protocol/projection/index.ts';
import type { SimDevice } from '../device/index.ts';

/** How long the last words may take until all have them, in virtual time. */
export const LAST_WORD_US = 60_000_000;

/** A device whose last word has not come to all, and one of those that lack it. */
export interface Unheard {
  readonly speaker: number;
  readonly listener: number;
}

/**
 * Has all devices of a core that may write do so once more, each about an entity of its own, and looks where that counts
 * (L4). A device can be equal to all others and be mute for ever: it writes to a log that nobody goes on with.
 */
export class LastWords {
  readonly #core: readonly SimDevice[];
  readonly #speakers: readonly number[];

  constructor(core: readonly SimDevice[]) {
    this.#core = core;
    const speakers = core.filter(mayStillWrite);
    for (const device of speakers) device.write([lastWord(device.number)]);
    this.#speakers = speakers.map(({ number }) => number);
  }

  /** Undefined once all have the last word of each. What does not count is in no register. */
  unheard(): Unheard | undefined {
    for (const speaker of this.#speakers) {
      const key = rowKey('register', entityOf(speaker), 'word');
      const listener = this.#core.find(({ disk }) => disk.rows.get(key) === undefined);
      if (listener !== undefined) return { speaker, listener: listener.number };
    }
    return undefined;
  }
}

const mayStillWrite = ({ engine, identity }: SimDevice): boolean => {
  const member = engine.membership.get(identity.signer.device);
  return member !== undefined && mayWrite(member.role);
};

const entityOf = (number: number): string => `last-word-${number}`;

const lastWord = (number: number) => ({
  type: CORE_TYPE.stateUpdated,
  entityId: entityOf(number),
  payload: { word: number },
});
