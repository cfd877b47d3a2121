import { randomUUID } from 'node:crypto';
import { homedir, hostname } from 'node:os';
import process from 'node:process';
import type { CliIo, InterruptSignal, Sink } from './context.ts';
import { OutputClosed, OutputRefused } from './output-errors.ts';

const COLUMNS_WITHOUT_TERMINAL = 80;

/** The process that this program runs in. */
export const processIo = (): CliIo => ({
  env: process.env,
  // Looked at only by who reads it: opening the standard input has effects of its own.
  get stdin() {
    return process.stdin;
  },
  stdout: sinkOf(process.stdout),
  stderr: sinkOf(process.stderr),
  colour: process.stdout.isTTY === true && !process.env.NO_COLOR && process.stdout.hasColors(),
  columns: process.stdout.columns ?? COLUMNS_WITHOUT_TERMINAL,
  terminal: process.stderr.isTTY === true ? process.stderr : undefined,
  userFolder: homedir(),
  hostName: hostname(),
  command: [process.execPath, process.argv[1] ?? ''],
  randomUuid: randomUUID,
  onSignal: (handler) => {
    const onInterrupt = (signal: NodeJS.Signals): void => handler(signal as InterruptSignal);
    process.on('SIGINT', onInterrupt);
    process.on('SIGTERM', onInterrupt);
    return () => {
      process.off('SIGINT', onInterrupt);
      process.off('SIGTERM', onInterrupt);
    };
  },
  exitNow: (code) => process.exit(code),
});

const sinkOf = (stream: NodeJS.WriteStream): Sink => {
  // The callback of write() tells of every failure; without a listener the event would end the process.
  stream.on('error', () => undefined);
  return {
    write: (text) =>
      new Promise<void>((resolve, reject) => {
        stream.write(text, (error) => {
          if (error === undefined || error === null) resolve();
          else reject(error);
        });
      }).catch((error: NodeJS.ErrnoException) => {
        throw isClosed(error) ? new OutputClosed() : new OutputRefused(error.message);
      }),
  };
};

const isClosed = (error: NodeJS.ErrnoException): boolean =>
  error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED' || error.code === 'EOF';
