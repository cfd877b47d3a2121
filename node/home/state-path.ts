import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** Environment variables that matter here. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Absolute path of the folder for what is kept outside every home: `SMO_STATE_HOME`, else `smo` in the place
 * that the system has for state (XDG Base Directory Specification; `%LOCALAPPDATA%` on Windows).
 */
export const stateHomePath = (env: Environment, platform: NodeJS.Platform = process.platform): string => {
  if (env.SMO_STATE_HOME) return resolve(env.SMO_STATE_HOME);
  const base =
    platform === 'win32'
      ? env.LOCALAPPDATA || join(homedir(), 'AppData', 'Local')
      : env.XDG_STATE_HOME || join(homedir(), '.local', 'state');
  return resolve(base, 'smo');
};
