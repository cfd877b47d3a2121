import { constants } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { utf8Decode } from '../../protocol/bytes/index.ts';
import { SmoError } from '../../protocol/fault/index.ts';
import type { Session } from './session.ts';

/** The name that stands for the standard input. */
const STDIN = '-';

/**
 * Reads a text file as a whole; `-` is the standard input.
 *
 * @throws SmoError `file_missing`, `file_unreadable`, `file_too_large` or `file_not_text`.
 */
export const readText = async (session: Session, file: string): Promise<string> => {
  const bytes =
    file === STDIN ? await readAll(session.io.stdin) : await readFile(file).catch(unreadable(file));
  if (bytes.length > constants.MAX_STRING_LENGTH) {
    throw new SmoError('file_too_large', `${nameOf(file)} is too large to be read at once`, 'Split it.');
  }
  const text = utf8Decode(bytes);
  if (text === undefined) {
    throw new SmoError('file_not_text', `${nameOf(file)} is not valid UTF-8`, 'Convert it to UTF-8 first.');
  }
  return text.startsWith('\ufeff') ? text.slice(1) : text;
};

/** What a file is called in messages. */
export const nameOf = (file: string): string => (file === STDIN ? 'the standard input' : file);

const readAll = async (source: AsyncIterable<Uint8Array>): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
};

const unreadable = (file: string) => (error: NodeJS.ErrnoException) => {
  if (error.code === 'ENOENT')
    throw new SmoError('file_missing', `there is no file ${file}`, 'Check the path.');
  throw new SmoError('file_unreadable', `cannot read ${file}: ${error.message}`);
};
