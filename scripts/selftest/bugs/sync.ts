import type { PlantedBug } from '../planted-bug.ts';

/** What can go wrong between two engines. */
export const SYNC_BUGS: readonly PlantedBug[] = [
  {
    name: 'codec-ignored',
    about: 'a record of an unknown codec is read as if it had the known one',
    file: 'protocol/event/record.ts',
    find: 'if (codec !== CODEC_CANONICAL_JSON)',
    replace: 'if (CODEC_CANONICAL_JSON > codec)',
    scenarios: ['later-records'],
  },
  {
    name: 'no-retry',
    about: 'what was asked of a device in vain is never asked of it again',
    file: 'protocol/sync/remote-frontier.ts',
    find: "['stalled', 'slow', 'withheld']",
    replace: '[]',
    scenarios: ['beyond-patience.yaml', 'clogged-links', 'far-away', 'bit-rot'],
  },
  {
    name: 'credit-forgotten',
    about: 'a device never gives credit back for what it has dealt with',
    file: 'protocol/sync/received-bytes.ts',
    find: 'if (this.#held + this.#due <= SYNC_LIMITS.creditBytes / 2) return 0;',
    replace: 'if (this.#due >= 0) return 0;',
    scenarios: ['one-long-session.yaml'],
  },
  {
    name: 'part-forgotten',
    about: 'a segment goes on after what had come of it, and that is missing',
    file: 'protocol/sync/arriving-segment.ts',
    find: 'this.#records = [...before];',
    replace: 'this.#records = [];',
    scenarios: ['broken-off'],
  },
  {
    name: 'last-segment-unserved',
    about: 'the newest segment of a log is never sent',
    file: 'protocol/sync/range-sender.ts',
    find: 'return segment <= Math.min(until, this.#held(origin)?.segment ?? NOTHING);',
    replace: 'return segment < Math.min(until + 1, this.#held(origin)?.segment ?? NOTHING);',
    scenarios: ['silent-reconnect', 'even-split'],
  },
  {
    name: 'seal-not-sent',
    about: 'a seal that comes without records is not sent',
    file: 'protocol/sync/range-sender.ts',
    find: 'range.records.length > 0 || range.manifest.sealed',
    replace: 'range.records.length > 0',
    scenarios: ['everything-at-once', 'cut-exchanges'],
  },
  {
    name: 'boundary-off-by-one',
    about: 'after a sealed segment the next one is asked for without its first record',
    file: 'protocol/sync/frontier.ts',
    find: 'sealed ? { segment: segment + 1, events: 0 }',
    replace: 'sealed ? { segment: segment + 1, events: 1 }',
    scenarios: ['everything-at-once', 'cold-join', 'bulk-rewrite', 'even-split'],
  },
];
