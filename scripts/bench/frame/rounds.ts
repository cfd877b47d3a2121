import type { Figures, Subject } from './subject.ts';

/** What the rounds of one subject have measured, in their order. */
export interface Measured {
  readonly subject: string;
  readonly samples: readonly Figures[];
}

/**
 * Measures all subjects once in each round, so that whatever else the machine does falls on all of them alike. Each
 * round begins with another subject: none is always the one that runs after a certain other.
 */
export const measureRounds = async (
  subjects: readonly Subject[],
  rounds: number,
  tell: (round: number, subject: string) => void,
): Promise<readonly Measured[]> => {
  const samples = subjects.map((): Figures[] => []);
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < subjects.length; turn += 1) {
      const at = (round + turn) % subjects.length;
      const subject = subjects[at];
      if (subject === undefined) continue;
      tell(round + 1, subject.name);
      samples[at]?.push(await subject.measure());
    }
  }
  return subjects.map(({ name }, at) => ({ subject: name, samples: samples[at] ?? [] }));
};
