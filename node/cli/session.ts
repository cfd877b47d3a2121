import { join, resolve } from 'node:path';
import { styleText } from 'node:util';
import { SmoError } from '../../protocol/fault/index.ts';
import type { CliHost, CliIo } from './context.ts';

/** Exit codes of every command. */
export const EXIT = { ok: 0, failed: 1, usage: 2, unknown: 3 } as const;

/** One run of the program: what every command works with. */
export interface Session {
  readonly io: CliIo;
  /** Whether results are for programs: one JSON document, or lines of JSON for streams. */
  readonly json: boolean;
  /** Loads the host: only commands that need a device pay for it. */
  readonly host: () => Promise<CliHost>;
  /** Absolute path of the device's home. */
  readonly home: () => string;
  /** Version of the program. */
  readonly version: string;
  /** Lets the program end with an exit code though the command came to its end: its report says why. Default: 1. */
  readonly fail: (exitCode?: number) => void;
}

/**
 * Absolute path of the home: the option, else SMO_HOME, else `~/.smo`.
 * @throws SmoError when the option is empty: a script that meant another home must not get that of the person
 */
export const homeFolder = (io: CliIo, option: string | undefined): string => {
  if (option === '') throw usageError('--home names no folder', 'Leave it out for the home of this user.');
  return resolve(option ?? (io.env.SMO_HOME || join(io.userFolder, '.smo')));
};

/** Prints a result: as JSON, or as the text that `human` makes of it. */
export const printResult = async (
  session: Session,
  result: unknown,
  human: () => string | Promise<string>,
): Promise<void> => {
  const text = session.json ? JSON.stringify(result) : await human();
  await session.io.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
};

/** A command line that cannot be meant; exit code 2. */
export const usageError = (message: string, hint = ''): SmoError => new SmoError('usage', message, hint);

export type Colour = 'green' | 'red' | 'yellow' | 'bold' | 'dim';

/** Colours a text where the reader can see colours. */
export const paint = (session: Session, colour: Colour, text: string): string =>
  session.io.colour ? styleText(colour, text, { validateStream: false }) : text;
