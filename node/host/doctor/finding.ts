import type { DoctorFinding, Remedy } from '../../api/index.ts';

/** The repairs that there are, in the order in which they are made. */
export const REPAIRS = ['permissions', 'invites', 'records', 'segments', 'reclaim', 'state'] as const;

export type RepairName = (typeof REPAIRS)[number];

/** A finding, and the repair that mends it. */
export interface Finding extends DoctorFinding {
  /** Set where the remedy is `repair`. */
  readonly repair?: RepairName;
}

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
