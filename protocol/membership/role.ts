import type { JsonValue } from '../bytes/index.ts';

/**
 * What a device may do, most first: an admin builds the membership and writes; a writer writes; a reader holds
 * and projects everything and writes nothing that counts; a replica holds and passes on.
 */
export type Role = 'admin' | 'writer' | 'reader' | 'replica';

/** All roles, the most privileged first. */
const ROLES: readonly Role[] = ['admin', 'writer', 'reader', 'replica'];

/** Whether a text can be the role of a device. */
export const isRole = (role: JsonValue | undefined): role is Role =>
  typeof role === 'string' && (ROLES as readonly string[]).includes(role);

/** Whether what a device of this role writes counts. */
export const mayWrite = (role: Role): boolean => role === 'admin' || role === 'writer';

/** Whether a device of this role adds, revokes and renames devices, and changes roles. */
export const mayAdminister = (role: Role): boolean => role === 'admin';

/** The less privileged of two roles. */
export const lesserRole = (a: Role, b: Role): Role => (ROLES.indexOf(a) >= ROLES.indexOf(b) ? a : b);
