import { SmoError } from '../../protocol/fault/index.ts';

/** Which of the two databases of a home; the name is that of its folder. */
export type DatabaseName = 'records' | 'state';

const HINTS: Readonly<Record<DatabaseName, string>> = {
  records: 'Run `smo doctor` to see what is damaged, and to mend it.',
  state: 'It is derived from the records: the next start builds it anew.',
};

const NOUNS: Readonly<Record<DatabaseName, string>> = { records: 'record store', state: 'state store' };

/** Damage found in a database: `store_damaged` for the durable truth, `state_damaged` for what can be rebuilt. */
export const damaged = (database: DatabaseName, what: string): SmoError =>
  database === 'records'
    ? new SmoError('store_damaged', `the ${NOUNS.records} is damaged: ${what}`, HINTS.records)
    : new SmoError('state_damaged', `the ${NOUNS.state} is damaged: ${what}`, HINTS.state);

/**
 * What a failed read, or a database that does not open, means. LevelDB's complaints about a file become damage, unless the
 * system has refused what the file has nothing to do with; errors that are not the disk's (a closed database, a bug)
 * stay as they are.
 *
 * @param place put before LevelDB's words where they do not name a file
 */
export const readError = (database: DatabaseName, error: unknown, place = ''): unknown => {
  if (!(error instanceof Error) || !LEVEL_STATUS.test(error.message)) return error;
  const words = `${place}${error.message}`;
  const refusal = REFUSALS.find(({ says }) => says.test(error.message));
  if (refusal === undefined) return damaged(database, words);
  const { code, hint } = refusal;
  return new SmoError(code, `the ${NOUNS[database]} cannot be used: ${words}`, hint);
};

/** Whether an error says that a store cannot be used, be it damaged or refused. */
export const isStoreFault = (error: unknown): error is SmoError =>
  error instanceof SmoError && FAULT_CODES.has(error.code);

/** What kept LevelDB from opening a folder. */
export const openCause = (error: unknown): unknown =>
  error instanceof Error && error.cause instanceof Error ? error.cause : error;

/** Whether that is somebody else who has it open. */
export const isLocked = (cause: unknown): boolean =>
  cause instanceof Error && 'code' in cause && cause.code === 'LEVEL_LOCKED';

/** How the text of LevelDB's statuses begins; the errors of its synchronous calls have no code to go by. */
const LEVEL_STATUS = /^(Corruption|IO error): /;

/** What a system refuses without a file being at fault, in the words of its C library, which is all that LevelDB tells. */
const REFUSALS: readonly { readonly says: RegExp; readonly code: string; readonly hint: string }[] = [
  {
    says: /: (No space left on device|(Disk )?quota exceeded)$/i,
    code: 'disk_full',
    hint: 'Free some space on that disk, then try again; nothing acknowledged is lost.',
  },
  {
    says: /: (Permission denied|Operation not permitted|Read-only file system)$/i,
    code: 'store_refused',
    hint: 'Make the folder and its files yours (`chown`, `chmod`), or its disk one that can be written to, then try again.',
  },
  {
    says: /: (Too many open files( in system)?|No file descriptors available|Cannot allocate memory|Out of memory)$/i,
    code: 'store_refused',
    hint: 'Close other programs, or allow this one more (`ulimit`), then try again; nothing is lost.',
  },
];

const FAULT_CODES: ReadonlySet<string> = new Set([
  'store_damaged',
  'state_damaged',
  ...REFUSALS.map(({ code }) => code),
]);
