import { SmoError } from '../../protocol/fault/index.ts';

/** Which of the two databases of a home; the name is that of its folder. */
export type DatabaseName = 'records' | 'state';

const HINTS: Readonly<Record<DatabaseName, string>> = {
  records: 'Run `smo doctor` to see what is damaged, and to mend it.',
  state: 'It is derived from the records: the next start builds it anew.',
};

/** Damage found in a database: `store_damaged` for the durable truth, `state_damaged` for what can be rebuilt. */
export const damaged = (database: DatabaseName, what: string): SmoError =>
  database === 'records'
    ? new SmoError('store_damaged', `the record store is damaged: ${what}`, HINTS.records)
    : new SmoError('state_damaged', `the state store is damaged: ${what}`, HINTS.state);

/**
 * What a failed read means. LevelDB's complaints about a file become damage; errors that are not the disk's (a
 * closed database, a bug) stay as they are.
 *
 * @param place put before LevelDB's words where they do not name a file
 */
export const readError = (database: DatabaseName, error: unknown, place = ''): unknown =>
  error instanceof Error && LEVEL_STATUS.test(error.message)
    ? damaged(database, `${place}${error.message}`)
    : error;

/** What kept LevelDB from opening a folder. */
export const openCause = (error: unknown): unknown =>
  error instanceof Error && error.cause instanceof Error ? error.cause : error;

/** Whether that is somebody else who has it open. */
export const isLocked = (cause: unknown): boolean =>
  cause instanceof Error && 'code' in cause && cause.code === 'LEVEL_LOCKED';

/** How the text of LevelDB's statuses begins; the errors of its synchronous calls have no code to go by. */
const LEVEL_STATUS = /^(Corruption|IO error): /;
