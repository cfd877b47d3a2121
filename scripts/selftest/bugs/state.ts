import type { PlantedBug } from '../planted-bug.ts';

/** What can go wrong in what follows from the events. */
export const STATE_BUGS: readonly PlantedBug[] = [
  {
    name: 'tie-by-arrival',
    about: 'the writes that stand against each other are listed in the order in which they came',
    file: 'protocol/projection/register.ts',
    find: 'heads: [...unseen, write].sort(compareEvents),',
    replace: 'heads: [...unseen, write],',
    scenarios: ['silent-reconnect', 'even-split'],
  },
  {
    name: 'equal-times-by-arrival',
    about: 'events of the same time are ordered as they came',
    file: 'protocol/event/total-order.ts',
    find: `a.timestamp - b.timestamp ||
  compareStrings(a.origin, b.origin) ||
  a.seq - b.seq ||
  compareStrings(a.id, b.id);`,
    replace: 'a.timestamp - b.timestamp || 0 * compareStrings(a.id, b.id);',
    scenarios: ['equal-timestamps', 'fifteen-writers'],
  },
  {
    name: 'last-writer-wins',
    about: 'a write supersedes older ones that it has not seen',
    file: 'protocol/projection/register.ts',
    find: 'before.heads.filter((head) => !context.sees(event, head))',
    replace: 'before.heads.filter((head) => !context.sees(event, head) && head.timestamp >= event.timestamp)',
    scenarios: ['even-split', 'three-way-split'],
  },
  {
    name: 'closed-by-anyone',
    about: 'a conflict is closed by a write that has not seen all of it',
    file: 'protocol/projection/register.ts',
    find: 'const past = causalPast(context, event, field, before);',
    replace: 'const past = causalPast(context, event, field, before).length < 1 ? [] : before.heads;',
    scenarios: ['one-field', 'fifteen-writers', 'three-way-split'],
  },
  {
    name: 'digest-keeps-superseded',
    about: 'a superseded write is not taken out of the digest of the state',
    file: 'protocol/projection/register.ts',
    find: `registerItem(entityId, field, before.heads),
    registerItem`,
    replace: `before.heads.length > 1 ? undefined : registerItem(entityId, field, before.heads),
    registerItem`,
    scenarios: ['silent-reconnect', 'even-split', 'one-field'],
  },
  {
    name: 'equal-values-conflict',
    about: 'concurrent writes of the same value are taken for a conflict',
    file: 'protocol/projection/register.ts',
    find: 'values.length > 1 && new Set(values.map(canonicalText)).size > 1;',
    replace: 'values.length > 1 && new Set(values.map(canonicalText)).size > 0;',
    scenarios: ['equal-timestamps', 'one-field'],
  },
  {
    name: 'state-put-off-for-ever',
    about: 'the state is kept once there is very much of it, and not before',
    file: 'protocol/engine/commit-flow.ts',
    find: `if (!sessions.isReceiving && !derived.isReading) return false;
    if (this.isStateFull) return false;
    this.#putOffMs ??= nowMs;
    // A clock that was set back must not put it off for long.
    return nowMs >= this.#putOffMs && nowMs < this.#putOffMs + ENGINE_LIMITS.stateDelayMs;`,
    replace: 'return !this.isStateFull;',
    scenarios: ['silent-reconnect', 'even-split'],
  },
  {
    name: 'seen-jumps-gap',
    about: 'an event is applied as soon as something of each log that it has seen is',
    file: 'protocol/causality/causal-index.ts',
    find: 'if (this.applied(origin) < seq) return { origin, seq };',
    replace: 'if (this.applied(origin) < Math.min(seq, 1)) return { origin, seq };',
    scenarios: ['child-before-parent', 'three-way-split', 'everything-at-once'],
  },
  {
    name: 'odd-node-doubled',
    about: 'a node of a Merkle tree that has no sibling is hashed with itself',
    file: 'protocol/segment/merkle-tree.ts',
    find: 'if (left !== undefined) above.push(left);',
    replace: 'if (left !== undefined) above.push(nodeHash(crypto, left, left));',
    scenarios: ['backup-in-isolation', 'bit-rot'],
  },
  {
    name: 'clock-not-pulled',
    about: 'a device that writes looks at its own clock alone, and not at the times of what it has seen',
    file: 'protocol/log/hybrid-clock.ts',
    find: 'Math.max(nowMs, clock.ownMs, clock.foreignMs + 1)',
    replace: 'Math.max(nowMs, clock.ownMs)',
    scenarios: ['unsteady-clocks', 'clock-back-over-restart'],
  },
  {
    name: 'clock-goes-back',
    about: 'the times that a device writes go back with its clock',
    file: 'protocol/log/hybrid-clock.ts',
    find: 'Math.max(nowMs, clock.ownMs, clock.foreignMs + 1)',
    replace: 'Math.max(nowMs, clock.foreignMs + 1)',
    scenarios: ['clock-back-over-restart', 'unsteady-clocks'],
  },
  {
    name: 'candidates-in-another-order',
    about: 'the candidates of a closed conflict are kept in an order that depends on what came before',
    file: 'protocol/projection/register.ts',
    find: 'candidates: past.map(pairOf),',
    replace: `candidates: heads.length < 2 ? past.map(pairOf) : [
      ...past.filter(({ origin }) => heads[0]?.origin === origin),
      ...past.filter(({ origin }) => heads[0]?.origin !== origin),
    ].map(pairOf),`,
    scenarios: ['one-field', 'even-split', 'fifteen-writers'],
  },
  {
    name: 'last-writers-forgotten',
    about: 'a register knows only who wrote it last, and none of those before',
    file: 'protocol/projection/register.ts',
    find: 'chains: { ...before.chains, [origin]: end },',
    replace: 'chains: { [origin]: end },',
    scenarios: ['even-split', 'one-field'],
  },
];
