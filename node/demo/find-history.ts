import { join } from 'node:path';
import { SmoError } from '../../protocol/fault/index.ts';
import type { GitHistory } from '../../protocol/git-history/index.ts';
import { makeSampleRepository, readGitHistory } from '../git/index.ts';

/** Why the working folder gives no history: then a made one serves as well. */
const NOTHING_HERE = new Set(['git_not_a_repository', 'git_empty']);

/**
 * The history that a demo plays: of the repository that was asked for, else of the one around the working
 * folder, else of a small one that is made for it.
 */
export const findHistory = async (
  asked: string | undefined,
  scratch: string,
): Promise<{ readonly source: string; readonly history: GitHistory }> => {
  if (asked !== undefined) return { source: asked, history: await readGitHistory(asked) };
  try {
    return { source: process.cwd(), history: await readGitHistory(process.cwd()) };
  } catch (error) {
    if (!(error instanceof SmoError) || !NOTHING_HERE.has(error.code)) throw error;
    const made = join(scratch, 'repository');
    await makeSampleRepository(made);
    return { source: 'a made repository', history: await readGitHistory(made) };
  }
};
