import { deviceOf, parseOrigin } from '../../../protocol/event/index.ts';
import type { VerifyFinding } from '../../api/index.ts';
import { type CheckResult, count, type Finding, finding, type RepairName } from './finding.ts';
import type { HomeState, Patient, RecordsState } from './patient.ts';

/** Every file, row, record, manifest, chain and root of the record store. */
export const checkRecords = ({ home, givesUp, live, others, records, refusal }: Patient): CheckResult => {
  if (refusal !== undefined) {
    return [finding(refusal.code, 'records', refusal.message, 'person', refusal.hint)];
  }
  if (records === undefined) {
    return {
      skipped: home.file === undefined ? 'home.json does not say of which space' : 'there is no space yet',
    };
  }
  const { report } = records;
  const marked = new Set(records.damagedSegments.map(({ origin, segment }) => `${origin} ${segment}`));
  const groups = Map.groupBy(report.findings, ({ origin, segment }) => `${origin ?? ''} ${segment ?? ''}`);
  const findings = [...groups].flatMap(([place, group]) => {
    const [first] = group;
    if (first === undefined || isConsequence(group, groups)) return [];
    if (first.segment === undefined) return group.map((each) => storeFinding(each, live !== undefined));
    const origin = parseOrigin(first.origin ?? '');
    const context = {
      isMarked: marked.has(place),
      isUp: live !== undefined,
      hasOthers: others.length > 0,
      isOwn: origin.ok && deviceOf(origin.value) === home.file?.device,
      givesUp,
    };
    return [segmentFinding(records, group, context)];
  });
  if (findings.length > 0) return findings;
  if (report.logs === 0) return [emptyFinding(home, others.length > 0)];
  const counts = [
    count(report.logs, 'log'),
    count(report.segments, 'segment'),
    count(report.events, 'event'),
  ];
  return `${counts.join(', ')} verified`;
};

/** Whether a segment is only found not to follow one that is damaged itself: it cannot be judged before that is mended. */
const isConsequence = (
  group: readonly VerifyFinding[],
  groups: ReadonlyMap<string, readonly VerifyFinding[]>,
): boolean => {
  const [{ origin = '', segment = 0 } = {}] = group;
  return (
    segment > 0 && groups.has(`${origin} ${segment - 1}`) && group.every(({ code }) => OF_ORDER.has(code))
  );
};

/** Faults between two segments. */
const OF_ORDER: ReadonlySet<string> = new Set(['order_violation', 'chain_break']);

/** A store without any event: that of a device that has just joined, or has lost everything. */
const emptyFinding = ({ file }: HomeState, hasOthers: boolean): Finding => {
  const message = 'the record store holds no event of the space';
  // A founder that was interrupted writes the founding event at its next start.
  const isFounding = file?.space?.genesis.origin === `${file?.device}.${file?.incarnation}`;
  return hasOthers || isFounding
    ? finding('no_events', 'records', message, 'self', FIRST_SYNC)
    : finding('no_events', 'records', message, 'person', NOBODY);
};

const storeFinding = ({ code, message, origin }: VerifyFinding, isUp: boolean): Finding => {
  const place = origin === undefined ? {} : { origin };
  return finding(code, 'records', message, 'records', isUp ? `${STOPPED} ${ANEW}` : ANEW, place);
};

interface SegmentContext {
  /** Whether the store knows that it is damaged. */
  readonly isMarked: boolean;
  readonly isUp: boolean;
  /** Whether other devices are known. */
  readonly hasOthers: boolean;
  /** Whether it is one of a log of this device. */
  readonly isOwn: boolean;
  /** Whether what is missing of such a log is given up. */
  readonly givesUp: boolean;
}

/** What is wrong with one segment: all of it comes back, or is given up, together. */
const segmentFinding = (
  records: RecordsState,
  group: readonly VerifyFinding[],
  { isMarked, isUp, hasOthers, isOwn, givesUp }: SegmentContext,
): Finding => {
  const [first] = group as readonly [VerifyFinding, ...VerifyFinding[]];
  const { code, origin = '', segment = 0 } = first;
  const more = group.length > 1 ? `, and ${count(group.length - 1, 'more fault')}` : '';
  const message = `log ${origin}, segment ${segment}${place(first)}: ${first.message}${more}`;
  if (group.every((each) => each.code.startsWith('record_'))) {
    return finding(code, 'records', message, 'none', UNREADABLE, { origin, segment });
  }
  // What this device has written last may be nowhere else: waiting for it could be in vain.
  if (isOwn && (givesUp || !isSealed(records, first)) && records.error === undefined) {
    const hint = isUp ? `${STOPPED} ${CUT}` : CUT;
    return finding(code, 'records', message, 'records', hint, { origin, segment });
  }
  if (isMarked && records.error === undefined) {
    const [remedy, hint] = hasOthers ? (['self', COMES_BACK] as const) : (['person', NOBODY] as const);
    return finding(code, 'records', message, remedy, isOwn ? `${hint} ${UNHEARD}` : hint, {
      origin,
      segment,
    });
  }
  const repair = repairOf(records, group);
  const hint = repair === 'segments' ? `${MARKED} ${COMES_BACK}` : isUp ? `${STOPPED} ${ANEW}` : ANEW;
  return finding(code, 'records', message, repair, hint, { origin, segment });
};

/** A sealed segment is restored in its place, unless its manifest can be read and is wrong. */
const repairOf = (records: RecordsState, group: readonly VerifyFinding[]): RepairName => {
  const [first] = group;
  const isOpen = records.error === undefined;
  return isOpen &&
    first !== undefined &&
    isSealed(records, first) &&
    group.every(({ code }) => IN_PLACE.has(code))
    ? 'segments'
    : 'records';
};

/** Whether a segment is sealed, as far as its log's newest position tells. */
const isSealed = ({ tails }: RecordsState, { origin, segment = 0 }: VerifyFinding): boolean => {
  const tail = tails.find(({ manifest }) => manifest.origin === origin);
  return tail !== undefined && (tail.manifest.sealed || segment < tail.manifest.segment);
};

/** Faults of which something cannot be read. A manifest that can be read, and is wrong, is never replaced in its place. */
const IN_PLACE: ReadonlySet<string> = new Set([
  'bytes_mismatch',
  'count_mismatch',
  'root_mismatch',
  'store_damaged',
]);

const place = ({ seq }: VerifyFinding): string => (seq === undefined ? '' : `, event ${seq}`);

const FIRST_SYNC = 'All of it comes from the first device of the space to be connected.';
const STOPPED = 'Stop the device first.';
const ANEW = 'A new record store is made of what is sound; the old one is kept in the quarantine.';
const CUT =
  'The log is cut there, and the old store kept in the quarantine. What other devices hold of the rest comes back from them; what none of them holds reaches nobody before that.';
const MARKED = 'The segment is marked.';
const COMES_BACK =
  'It comes back from the first device to be connected that holds it; until then this device shows the state as it was.';
const UNHEARD =
  'What this device has written since, and no other one holds, reaches nobody before that. If none holds the segment, "smo doctor --give-up" says what it costs to cut the log there.';
const NOBODY =
  'No other device is known that could give it back. Restore a backup of the home, or connect a device that holds it.';
const UNREADABLE =
  'Its device has signed something that no device can read. The log ends there for everyone.';
