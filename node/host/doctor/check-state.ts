import { type Finding, finding } from './finding.ts';
import type { DerivedState, Patient, RebuiltState } from './patient.ts';

/** The derived state: its rows, and its digest against a rebuild from the records. */
export const checkState = ({ live, state }: Patient): readonly Finding[] | string | undefined => {
  if (state === undefined) return undefined;
  const { isMissing, faults, stored, rebuilt } = state;
  if (isMissing) return [notThere('the derived state is missing')];
  const hint = live === undefined ? ANEW : `Stop the device first. ${ANEW}`;
  if (faults.length > 0) {
    const more = faults.length > 1 ? `, and ${faults.length - 1} more faults` : '';
    return [finding('state_damaged', 'state', `${faults[0]}${more}`, 'state', hint)];
  }
  if (stored === undefined) return [notThere('the derived state is empty, or of another version')];
  if (rebuilt === undefined) return undefined;
  const lag = lagOf(stored, rebuilt);
  if (lag > 0) {
    const message = `${lag} stored events are not in the derived state yet`;
    return [finding('state_lags', 'state', message, 'self', 'They are applied when the device starts.')];
  }
  const difference = differenceOf(stored, rebuilt);
  return difference === undefined
    ? `digest ${rebuilt.digest}, as a rebuild from the records gives it`
    : [finding('state_differs', 'state', difference, 'state', hint)];
};

const notThere = (message: string): Finding =>
  finding('state_missing', 'state', message, 'self', 'It is made from the records when the device starts.');

type Stored = NonNullable<DerivedState['stored']>;

/** How many events a rebuild applies that are not in the stored state. */
const lagOf = ({ applied }: Stored, rebuilt: RebuiltState): number => {
  const stored = new Map(applied);
  let lag = 0;
  for (const [origin, seq] of rebuilt.applied) lag += Math.max(0, seq - (stored.get(origin) ?? 0));
  return lag;
};

const differenceOf = ({ meta, applied }: Stored, rebuilt: RebuiltState): string | undefined => {
  const ahead = applied.find(([origin, seq]) => seq > (rebuilt.applied.get(origin) ?? 0));
  // A rebuild that ends earlier cannot be compared; why it does is a finding of the records or of the logs.
  if (ahead !== undefined) return undefined;
  if (meta.digest !== rebuilt.digest)
    return `its digest is ${meta.digest}, a rebuild gives ${rebuilt.digest}`;
  const differing = Object.entries(meta.counts).find(([name, value]) => rebuilt.counts[name] !== value);
  if (differing === undefined) return undefined;
  const [name, value] = differing;
  return `it counts ${value} ${name}, a rebuild gives ${rebuilt.counts[name]}`;
};

const ANEW = 'It is thrown away and made anew from the records; no copy is needed.';
