import { getSystemErrorMessage } from 'node:util';
import { SmoError } from '../../protocol/fault/index.ts';

/** What Node throws where the system refuses something. */
interface SystemError extends Error {
  readonly code: string;
  /** Number of the system's error; negative. */
  readonly errno: number;
  /** The call that was refused, for example `open`. */
  readonly syscall: string;
  /** The file, where the call names one. */
  readonly path?: string;
}

/**
 * What it means that the system refuses a file: `disk_full`, or `file_unreadable` for every other reason. Undefined for
 * whatever has nothing to do with files, be it the network's, a program's that cannot be started, or a mistake of ours.
 */
export const systemFault = (error: unknown): SmoError | undefined => {
  if (!isOfFiles(error)) return undefined;
  const { code, errno, syscall, path = syscall === NO_FOLDER ? 'the current folder' : 'a file' } = error;
  const message = `${path} cannot be used: ${getSystemErrorMessage(errno)} (${code}, ${syscall})`;
  return FULL.has(code)
    ? new SmoError('disk_full', message, 'Free some space on that disk, then try again.')
    : new SmoError('file_unreadable', message, UNREADABLE);
};

/** A failure that people can be told of: a SmoError, or what the system refuses; undefined for a mistake of ours. */
export const knownFault = (error: unknown): SmoError | undefined =>
  error instanceof SmoError ? error : systemFault(error);

/** A failure as a process tells it to its parent: a mistake of ours is `internal`, with the place where it happened. */
export const faultForParent = (error: unknown): SmoError =>
  knownFault(error) ??
  new SmoError('internal', error instanceof Error ? (error.stack ?? error.message) : String(error));

const isOfFiles = (error: unknown): error is SystemError => {
  if (!(error instanceof Error && 'code' in error && 'errno' in error && 'syscall' in error)) return false;
  if ('path' in error) return !String(error.syscall).startsWith('spawn');
  return error.syscall === NO_FOLDER || OF_FILES.has(String(error.code));
};

/** The call that fails in a folder that has been removed. */
const NO_FOLDER = 'uv_cwd';

const FULL: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT']);

/** What the system says of nothing but files, also to calls for one that is open, which do not name it. */
const OF_FILES: ReadonlySet<string> = new Set([...FULL, 'EIO', 'EISDIR', 'EFBIG']);

const UNREADABLE = 'Check that the file is what it should be, that it is yours, and that the disk is well.';
