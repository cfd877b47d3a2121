import type { PlantedBug } from '../planted-bug.ts';

/** What can go wrong between an engine and its disk. */
export const STORAGE_BUGS: readonly PlantedBug[] = [
  {
    name: 'answer-before-fsync',
    about: 'an append is answered before it is on the disk',
    file: 'protocol/engine/commit-flow.ts',
    find: 'this.#parts.commits.demandDurability();',
    replace: '',
    scenarios: ['silent-reconnect', 'crash-while-writing'],
  },
  {
    name: 'head-before-commit',
    about: 'a head is published when its commit begins, and not when it is done',
    file: 'protocol/engine/commit-flow.ts',
    find: "if (commit !== undefined) this.#parts.emit({ type: 'commit', commit });",
    replace: `if (commit === undefined) return;
    const newest = [...new Map(commit.logs.map((write) => [write.origin, write])).values()];
    const entries = newest.map(({ tail, arrival }) => this.#parts.logs.publish(tail, arrival));
    this.#parts.sessions.announce(entries, nowMs);
    this.#parts.emit({ type: 'commit', commit });`,
    scenarios: ['slow-disks.yaml', 'crash-while-writing'],
  },
  {
    name: 'hole-hides-what-came-before',
    about: 'what a device has written before a record that it cannot read any more is given to nobody',
    file: 'protocol/engine/authoring.ts',
    find: 'if (!this.isOwn(part.origin)) return undefined;',
    replace: 'if (part.events >= 0) return undefined;',
    scenarios: ['rot-in-isolation', 'bit-rot'],
  },
  {
    name: 'newer-row-forgotten',
    about: 'a row that was written again while its commit was under way is forgotten with it',
    file: 'protocol/engine/state-overlay.ts',
    find: 'this.#underWay = new Map();',
    replace:
      'for (const key of this.#underWay.keys()) this.#fresh.delete(key);\n    this.#underWay = new Map();',
    scenarios: ['even-split', 'crash-while-writing', 'fifteen-writers'],
  },
  {
    name: 'state-ahead-of-records',
    about: 'a state is kept that counts records which a loss of power has taken',
    file: 'protocol/engine/image.ts',
    find: 'seq <= (lengths.get(origin) ?? 0)',
    replace: 'seq >= 0',
    scenarios: ['crash-while-writing', 'everything-at-once', 'churn', 'mass-restart'],
  },
  {
    name: 'waiting-lost-on-restart',
    about: 'what is stored and not applied yet is forgotten by a restart',
    file: 'protocol/engine/derived-state.ts',
    find: 'const total = this.#note();\n    if',
    replace: 'const total = this.#replica.appliedCount;\n    if',
    scenarios: ['crash-while-writing', 'everything-at-once', 'mass-restart'],
  },
  {
    name: 'told-twice',
    about: 'an event that is applied again, to a state that is made anew, is told as new once more',
    file: 'protocol/engine/derived-state.ts',
    find: 'if (event.seq > (this.#told.get(event.origin) ?? 0)) {',
    replace: 'if (event.seq > 0) {',
    scenarios: ['revoked-while-parted', 'mutual-revocation'],
  },
  {
    name: 'rebuild-skips-log',
    about: 'a state that is made anew leaves out one log',
    file: 'protocol/engine/derived-state.ts',
    find: 'for (const [origin, length] of this.#host.stored()) {',
    replace: 'for (const [origin, length] of [...this.#host.stored()].slice(1)) {',
    scenarios: ['revoked-while-parted', 'mutual-revocation', 'everything-at-once'],
  },
  {
    name: 'reads-without-bound',
    about: 'all logs that have to be read are read at the same time',
    file: 'protocol/engine/derived-state.ts',
    find: 'this.#reads < ENGINE_LIMITS.readsMax && this.#host.mayRead()',
    replace: 'this.#host.mayRead()',
    scenarios: ['mass-restart', 'everything-at-once', 'revoked-while-parted'],
  },
  {
    name: 'proof-not-stored',
    about: 'the proof of a fork is acted upon and not stored',
    file: 'protocol/engine/equivocations.ts',
    find: 'commits.evidence({ origin, bytes });',
    replace: '',
    scenarios: ['harm-of-all-kinds', 'signed-fork', 'fork-in-absence.yaml'],
  },
  {
    name: 'damage-never-mended',
    about: 'nobody is asked for a segment that is damaged',
    file: 'protocol/engine/healing-list.ts',
    find: 'if (damage === undefined) return undefined;',
    replace: 'if (damage === undefined || nowMs > 0) return undefined;',
    scenarios: ['bit-rot', 'everything-at-once'],
  },
];
