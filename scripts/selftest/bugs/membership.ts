import type { PlantedBug } from '../planted-bug.ts';

/** What can go wrong with who is a member, and with who has signed what. */
export const MEMBERSHIP_BUGS: readonly PlantedBug[] = [
  {
    name: 'cut-by-arrival',
    about:
      'a revocation takes the effect from what comes after it here, and not from what lies beyond its cut',
    file: 'protocol/engine/derived-state.ts',
    find: 'if (!this.#agrees(this.#replica.membership)) this.#isOutdated = true;',
    replace: '',
    scenarios: ['revoked-while-parted', 'mutual-revocation'],
  },
  {
    name: 'cut-ignored',
    about: 'what a revoked device writes beyond the cut counts',
    file: 'protocol/membership/membership.ts',
    find: 'standing.revocations.map((removal) => removal.cutOf(origin) ?? 0)',
    replace: 'standing.revocations.slice(0, 0).map((removal) => removal.cutOf(origin) ?? 0)',
    scenarios: ['revoked-while-parted', 'mutual-revocation'],
  },
  {
    name: 'seniority-ignored',
    about: 'of two removals that are concurrent the one counts that came first',
    file: 'protocol/membership/ruling.ts',
    find: 'compareSeniority(a.seniority, b.seniority) || byTotalOrder(a.entry, b.entry)',
    replace: '0 * compareSeniority(a.seniority, b.seniority)',
    scenarios: ['mutual-revocation', 'changing-roles', 'revoked-while-parted'],
  },
  {
    name: 'evidence-kept-back',
    about: 'the proof of a fork is not passed on to a device that meets this one later',
    file: 'protocol/sync/proof-teller.ts',
    find: "this.#send({ type: 'evidence', evidence: verdict.evidence });",
    replace: '',
    scenarios: ['fork-in-absence.yaml', 'backup-in-isolation'],
  },
  {
    name: 'log-never-left',
    about: 'a device goes on in its forked log, where nothing counts that it writes',
    file: 'protocol/engine/authoring.ts',
    find: 'if (!this.isOwn(origin) || this.#own.retired.has(origin)) return;',
    replace: "if (!this.isOwn(origin) || this.#own.retired.has(origin) || reason === 'forked') return;",
    scenarios: ['fork-in-absence.yaml', 'backup-in-isolation', 'cloned-device'],
  },
  {
    name: 'excluded-log-never-left',
    about: 'a device that may write again goes on in the log whose end was cut off',
    file: 'protocol/engine/authoring.ts',
    find: "if (this.isOwn(origin) && this.#isPastLimit(origin)) this.retire(origin, 'excluded', nowMs);",
    replace: '',
    scenarios: ['changing-roles'],
  },
  {
    name: 'demotion-ignored',
    about: 'what a device writes that has become a reader counts',
    file: 'protocol/membership/membership.ts',
    find: 'const cuts = [...demoted, ...revoked];',
    replace: 'const cuts = [...demoted.slice(0, 0), ...revoked];',
    scenarios: ['changing-roles'],
  },
  {
    name: 'revoked-is-member',
    about: 'a revoked device is still listed among the members',
    file: 'protocol/membership/membership.ts',
    find: 'return { member: undefined, former: formerOf(member, revocation), standing, isAccepted };',
    replace: 'return { member, former: formerOf(member, revocation), standing, isAccepted };',
    scenarios: ['revoked-while-parted', 'mutual-revocation'],
  },
];
