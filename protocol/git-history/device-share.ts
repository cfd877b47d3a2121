import { compareStrings } from '../bytes/index.ts';
import type { GitCommit } from './git-commit.ts';

/** A commit, and which device writes it. */
export interface DeviceCommit {
  readonly commit: GitCommit;
  /** 0 to deviceCount - 1. */
  readonly device: number;
}

/**
 * Spreads the commits over devices, in their order; commits that change nothing are left out. A function of
 * its arguments alone:
 * 1. All commits of one author belong together. While there are fewer such runs than devices, the longest run
 *    of two or more commits is cut in the middle, so that every device writes something if there are at least
 *    as many commits as devices.
 * 2. The runs, longest first, each go to the device that has the fewest commits so far.
 * Ties go to the author that sorts first, the earlier run, the lower device.
 */
export const assignToDevices = (
  commits: readonly GitCommit[],
  deviceCount: number,
): readonly DeviceCommit[] => {
  if (!Number.isSafeInteger(deviceCount) || deviceCount < 1) {
    throw new RangeError(`${deviceCount} is no number of devices: a whole number from 1`);
  }
  const writing = commits.filter(({ changes }) => changes.length > 0);
  const runs = cutRuns(runsByAuthor(writing), deviceCount);
  const loads = new Array<number>(deviceCount).fill(0);
  const deviceOf = new Map<number, number>();
  for (const { indices } of runs) {
    const device = loads.indexOf(Math.min(...loads));
    loads[device] = (loads[device] ?? 0) + indices.length;
    for (const index of indices) deviceOf.set(index, device);
  }
  return writing.map((commit, index) => ({ commit, device: deviceOf.get(index) ?? 0 }));
};

/** Commits of one author, ascending, by their index among those that write; never empty. */
interface Run {
  readonly author: string;
  readonly indices: readonly number[];
}

const runsByAuthor = (commits: readonly GitCommit[]): readonly Run[] => {
  const indicesOf = new Map<string, number[]>();
  for (const [index, { author }] of commits.entries()) {
    const indices = indicesOf.get(author);
    if (indices === undefined) indicesOf.set(author, [index]);
    else indices.push(index);
  }
  return [...indicesOf].map(([author, indices]) => ({ author, indices }));
};

/** At least `count` runs if there are as many commits, longest first. */
const cutRuns = (runs: readonly Run[], count: number): readonly Run[] => {
  const cut = [...runs].sort(compareRuns);
  for (let longest = cut[0]; cut.length < count && longest !== undefined; longest = cut[0]) {
    if (longest.indices.length < 2) break;
    const middle = Math.ceil(longest.indices.length / 2);
    const { author, indices } = longest;
    cut.splice(
      0,
      1,
      { author, indices: indices.slice(0, middle) },
      { author, indices: indices.slice(middle) },
    );
    cut.sort(compareRuns);
  }
  return cut;
};

const compareRuns = (a: Run, b: Run): number =>
  b.indices.length - a.indices.length ||
  compareStrings(a.author, b.author) ||
  (a.indices[0] ?? 0) - (b.indices[0] ?? 0);
