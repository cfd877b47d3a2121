import { type CheckResult, count, type Finding, finding, whyNot } from './finding.ts';
import type { DerivedState, Patient, RebuiltState, RecordsState } from './patient.ts';
import { differenceOf } from './state-tables.ts';

/** The derived state: its rows, and its indexes and digest against a rebuild from the records. */
export const checkState = (patient: Patient): CheckResult => {
  const { live, records, state } = patient;
  if (state === undefined) return whyNot(patient);
  const hint = live === undefined ? ANEW : `Stop the device first. ${ANEW}`;
  const { faults, refusal, standing, stored, rebuilt, error } = state;
  if (refusal !== undefined) return [finding(refusal.code, 'state', refusal.message, 'person', refusal.hint)];
  if (standing === 'missing') return [selfMade('state_missing', 'the derived state is missing')];
  if (faults.length > 0) {
    const more = faults.length > 1 ? `, and ${count(faults.length - 1, 'more fault')}` : '';
    return [finding('state_damaged', 'state', `${faults[0]}${more}`, 'state', hint)];
  }
  if (standing === 'other_format')
    return [selfMade('state_outdated', 'the derived state is of another format')];
  if (standing === 'unfinished')
    return [selfMade('state_unfinished', 'the derived state was being made anew, and is not complete')];
  if (stored === undefined) return [selfMade('state_missing', 'the derived state is empty')];
  if (records?.report.ok && isAhead(stored, records))
    return [selfMade('state_ahead', 'the derived state counts events that are not stored any more')];
  if (error !== undefined)
    return [finding(error.code, 'state', `no state can be derived: ${error.message}`, 'person', error.hint)];
  if (rebuilt === undefined) return whyNot(patient);
  return compare(stored, state, rebuilt, { hint, isUp: live !== undefined });
};

const selfMade = (code: string, message: string): Finding =>
  finding(code, 'state', message, 'self', 'It is made from the records when the device starts.');

type Stored = NonNullable<DerivedState['stored']>;

/** Whether a state counts more than is stored: an engine does not start from it. */
const isAhead = ({ applied }: Stored, { tails }: RecordsState): boolean => {
  const lengths = new Map(
    tails.map(({ manifest }) => [manifest.origin, manifest.firstSeq + manifest.events - 1]),
  );
  return applied.some(([origin, seq]) => seq > (lengths.get(origin) ?? 0));
};

/** Whether a state was made with just the forks that are known: an engine starts from no other. */
const hasForks = ({ forks }: Stored, { logs }: RebuiltState): boolean => {
  const known = new Map(logs.forks.map(({ origin, seq }) => [origin, seq]));
  return forks.length === known.size && forks.every(([origin, seq]) => known.get(origin) === seq);
};

const compare = (
  stored: Stored,
  state: DerivedState,
  rebuilt: RebuiltState,
  { hint, isUp }: { readonly hint: string; readonly isUp: boolean },
): CheckResult => {
  if (!hasForks(stored, rebuilt))
    return [selfMade('state_outdated', 'the derived state was made before a fork of a log was known')];
  const lag = lagOf(stored, rebuilt);
  if (lag > 0) {
    const message = `${count(lag, 'stored event')} ${lag === 1 ? 'is' : 'are'} not in the derived state yet`;
    return [finding('state_lags', 'state', message, 'self', isUp ? UNDER_WAY : WITH_NEXT_START)];
  }
  const difference = digestDifference(stored, rebuilt) ?? differenceOf(state.tables, rebuilt.tables);
  return difference === undefined
    ? `digest ${rebuilt.digest.slice(0, 16)}…, and every index, as a rebuild from the records gives them`
    : [finding('state_differs', 'state', `it differs from a rebuild: ${difference}`, 'state', hint)];
};

/** How many events a rebuild applies that are not in the stored state. */
const lagOf = ({ applied }: Stored, rebuilt: RebuiltState): number => {
  const stored = new Map(applied);
  let lag = 0;
  for (const [origin, seq] of rebuilt.applied) lag += Math.max(0, seq - (stored.get(origin) ?? 0));
  return lag;
};

const digestDifference = ({ meta }: Stored, rebuilt: RebuiltState): string | undefined => {
  if (meta.digest !== rebuilt.digest)
    return `its digest is ${meta.digest}, that of the rebuild is ${rebuilt.digest}`;
  const counts = new Map(Object.entries(meta.counts));
  const differing = Object.entries(rebuilt.counts).find(([name, value]) => counts.get(name) !== value);
  if (differing === undefined) return undefined;
  const [name, value] = differing;
  return `it counts ${counts.get(name)} ${name}, the rebuild ${value}`;
};

const UNDER_WAY = 'They are being applied.';

const WITH_NEXT_START = 'They are applied when the device starts.';

const ANEW = 'It is thrown away and made anew from the records; no copy is needed.';
