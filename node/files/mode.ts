/** Whether others than its owner may use a file, by its mode. */
export const isOpenToOthers = (mode: number): boolean => (mode & 0o077) !== 0;

/** The permissions of a mode as a person writes them, for example `0600`. */
export const octalMode = (mode: number): string => (mode & 0o777).toString(8).padStart(4, '0');
