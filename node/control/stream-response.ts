import type { ServerResponse } from 'node:http';
import { SmoError } from '../../protocol/fault/index.ts';
import { encodeError, NDJSON_TYPE } from './wire.ts';

/**
 * Sends a stream as lines of JSON, as fast as the client reads. It ends when the source ends, when the client
 * goes away (the source is told by `return()`), or, with a last line that says so, when the server stops or
 * the source fails. A source that fails before its first item rejects, so that the failure gets its status.
 */
export const sendStream = async (
  response: ServerResponse,
  source: AsyncIterable<unknown>,
  stopping: AbortSignal,
): Promise<void> => {
  const iterator = source[Symbol.asyncIterator]();
  const lines = batchedLines(response);
  const interrupted = interruption(response, stopping);
  try {
    for (;;) {
      const next = await interrupted.or(iterator.next());
      if (next === 'gone') return;
      if (next === 'stopping') throw deviceStopped();
      if (next.done === true) break;
      begin(response);
      if (lines.write(next.value)) continue;
      await interrupted.or(drained(response));
    }
    begin(response);
  } catch (error) {
    if (!response.headersSent) throw error;
    lines.write(encodeError(error));
  } finally {
    interrupted.release();
    // Not awaited: a source that is busy must not hold up the end of the response. A failing clean-up of the
    // source has nobody left to be told.
    Promise.resolve(iterator.return?.()).catch(() => undefined);
  }
  await new Promise<void>((resolve) => {
    if (response.destroyed) resolve();
    response.once('close', resolve);
    lines.end();
  });
};

const deviceStopped = (): SmoError =>
  new SmoError('device_stopped', 'the device stopped before the end of the stream');

const begin = (response: ServerResponse): void => {
  if (!response.headersSent) response.writeHead(200, { 'content-type': NDJSON_TYPE, connection: 'close' });
};

const drained = (response: ServerResponse): Promise<unknown> =>
  new Promise((resolve) => response.once('drain', resolve));

type Interruption = 'gone' | 'stopping';

/**
 * Waits that end early when the client has gone or the server stops. Unlike `Promise.race` with one promise
 * that lives as long as the stream, it keeps nothing of the waits that are over.
 */
const interruption = (response: ServerResponse, stopping: AbortSignal) => {
  let happened: Interruption | undefined;
  let wake: (what: Interruption) => void = () => undefined;
  const interrupt = (what: Interruption): void => {
    happened ??= what;
    wake(happened);
  };
  const onGone = () => interrupt('gone');
  const onStopping = () => interrupt('stopping');
  response.once('close', onGone);
  stopping.addEventListener('abort', onStopping);
  if (response.destroyed) onGone();
  if (stopping.aborted) onStopping();
  return {
    or: <T>(wait: Promise<T>): Promise<T | Interruption> =>
      new Promise((resolve, reject) => {
        wake = resolve;
        wait.then(resolve, reject);
        if (happened !== undefined) resolve(happened);
      }),
    release: (): void => {
      response.off('close', onGone);
      stopping.removeEventListener('abort', onStopping);
    },
  };
};

/** Characters of lines that are gathered before they leave, whatever the event loop does. */
const BATCH_CHARS_MAX = 64 * 1024;

/**
 * Writes lines that leave together when they come within one turn of the event loop, and at once otherwise. The
 * response's own `cork()` would do the same, but on Node 22 a corked response that says it is full never drains.
 */
const batchedLines = (response: ServerResponse) => {
  let batch: string[] = [];
  let chars = 0;
  let scheduled: NodeJS.Immediate | undefined;
  const flush = (): boolean => {
    clearImmediate(scheduled);
    scheduled = undefined;
    if (batch.length === 0 || response.destroyed) return true;
    const text = batch.join('');
    batch = [];
    chars = 0;
    return response.write(text);
  };
  return {
    /** False when the client reads slower than this and the writer must wait for `drain`. */
    write: (item: unknown): boolean => {
      const line = `${JSON.stringify(item)}\n`;
      batch.push(line);
      chars += line.length;
      if (chars >= BATCH_CHARS_MAX) return flush();
      scheduled ??= setImmediate(flush);
      return true;
    },
    end: (): void => {
      flush();
      response.end();
    },
  };
};
