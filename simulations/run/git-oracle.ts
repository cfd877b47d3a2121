import { compareTree } from '../../protocol/git-history/index.ts';
import { keyParts, type RegisterRow, rowPrefix } from '../../protocol/projection/index.ts';
import type { SimDevice } from '../device/index.ts';
import type { TreePath } from '../plan/index.ts';

/** Paths that are named of one device; more of them say nothing new. */
const PATHS_MAX = 3;

/** Where the state of a device differs from what git holds, a sentence each. */
export const unlikeGit = async (
  tree: readonly TreePath[],
  { disk }: SimDevice,
): Promise<readonly string[]> => {
  const entities = new Map<string, { readonly blob?: RegisterRow['heads'][number]['value'] }>();
  for await (const [key, row] of disk.state.scan(rowPrefix('register'))) {
    const [, entityId = '', field] = keyParts(key);
    const shown = (row as unknown as RegisterRow).heads.at(-1);
    if (field === 'blob' && shown !== undefined) entities.set(entityId, { blob: shown.value });
  }
  const differences = compareTree(new Map(tree.map(({ path, blob }) => [path, blob])), entities);
  const named = differences.slice(0, PATHS_MAX).map(({ path, expected, actual }) => {
    const due = expected === null ? 'git has no such path' : `git has ${expected}`;
    return `${path} is ${actual === null ? 'not there' : String(actual)}, and ${due}`;
  });
  const rest = differences.length - named.length;
  return rest > 0 ? [...named, `${rest} more paths are not as in git`] : named;
};
