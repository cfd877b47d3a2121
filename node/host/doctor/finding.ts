import type { DoctorFinding, Remedy } from '../../api/index.ts';
import type { Patient } from './patient.ts';

/** The repairs that there are, in the order in which they are made. */
export const REPAIRS = [
  'permissions',
  'invites',
  'leftovers',
  'records',
  'segments',
  'reclaim',
  'state',
] as const;

export type RepairName = (typeof REPAIRS)[number];

/** A finding, and the repair that mends it. */
export interface Finding extends DoctorFinding {
  /** Set where the remedy is `repair`. */
  readonly repair?: RepairName;
}

/** What a check has come to: what is wrong; in a few words what is well; or why it could not look. */
export type CheckResult = readonly Finding[] | string | { readonly skipped: string };

type Place = Pick<DoctorFinding, 'origin' | 'segment'>;

/** Makes a finding. What it is about comes first, then what is the matter, then what is to be done. */
export const finding = (
  code: string,
  subject: string,
  message: string,
  remedy: Exclude<Remedy, 'repair'> | RepairName,
  hint: string,
  place: Place = {},
): Finding => {
  const isRepair = (REPAIRS as readonly string[]).includes(remedy);
  return {
    code,
    subject,
    message,
    hint,
    ...place,
    ...(isRepair ? { remedy: 'repair', repair: remedy as RepairName } : { remedy: remedy as Remedy }),
  };
};

/** How many there are of something, in words. */
export const count = (number: number, noun: string): string =>
  `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;

/** Who has to do something, the most urgent first. */
const URGENCY: readonly Remedy[] = ['person', 'repair', 'self', 'none'];

/** The findings in the order in which somebody should look at them. */
export const byUrgency = (findings: readonly Finding[]): readonly Finding[] =>
  URGENCY.flatMap((remedy) => findings.filter((each) => each.remedy === remedy));

/** Why a check could not look that needs all records, and more than what `home.json` says. */
export const whyNot = ({ home, records }: Patient): { readonly skipped: string } => {
  if (home.file === undefined) return { skipped: 'home.json cannot be read' };
  if (records === undefined) return { skipped: 'there are no records that can be read' };
  if (!records.report.ok) return { skipped: 'the records are damaged' };
  if (home.home !== undefined) return { skipped: 'the records cannot be applied' };
  const isKey = home.error?.code.startsWith('key') ?? false;
  return { skipped: isKey ? 'the key cannot be used' : 'home.json is damaged' };
};
