import type { Session } from './session.ts';

/** Characters that are gathered before they are written, where nobody waits for single lines. */
const BATCH_CHARS = 64 * 1024;

/**
 * Prints one line for each item, no faster than the reader takes them. With `follow` each line leaves at once,
 * and a signal ends the stream as if it had come to its end.
 */
export const printStream = async <T>(
  session: Session,
  items: AsyncIterable<T>,
  lineOf: (item: T) => string,
  follow: boolean,
): Promise<void> => {
  let batch = '';
  const flush = async (): Promise<void> => {
    const text = batch;
    batch = '';
    if (text !== '') await session.io.stdout.write(text);
  };
  try {
    for await (const item of follow ? untilSignal(session, items) : items) {
      batch += `${lineOf(item)}\n`;
      if (follow || batch.length >= BATCH_CHARS) await flush();
    }
  } finally {
    // What came before a failure is still shown.
    await flush();
  }
};

/** The items until the first signal. The wait for the next item ends too: it could last for ever. */
const untilSignal = async function* <T>(session: Session, items: AsyncIterable<T>): AsyncGenerator<T, void> {
  const iterator = items[Symbol.asyncIterator]();
  let interrupted = false;
  let wake: () => void = () => undefined;
  const release = session.io.onSignal((signal) => {
    if (interrupted) session.io.exitNow(signal === 'SIGINT' ? 130 : 143);
    interrupted = true;
    wake();
  });
  try {
    while (!interrupted) {
      const next = await new Promise<IteratorResult<T> | undefined>((resolve, reject) => {
        wake = () => resolve(undefined);
        iterator.next().then(resolve, reject);
      });
      if (next === undefined || next.done === true) return;
      yield next.value;
    }
  } finally {
    release();
    // Not awaited: a source that is busy must not hold up the end.
    Promise.resolve(iterator.return?.()).catch(() => undefined);
  }
};
