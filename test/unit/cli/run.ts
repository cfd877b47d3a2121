import type { NodeApi } from '../../../node/api/index.ts';
import type { CliHost, CliIo, InterruptSignal } from '../../../node/cli/index.ts';
import { runCli } from '../../../node/cli/index.ts';
import { fakeHost } from './fake-host.ts';

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process for one command line, with its output kept and its signals in the hands of the test. */
export const fakeIo = (options: Partial<CliIo> & { readonly input?: string } = {}) => {
  const texts = { stdout: '', stderr: '' };
  const handlers = new Set<(signal: InterruptSignal) => void>();
  const exits: number[] = [];
  let uuids = 0;
  const { input = '', ...replaced } = options;
  const io: CliIo = {
    env: {},
    stdin: (async function* () {
      yield Buffer.from(input);
    })(),
    stdout: {
      write: async (text) => {
        texts.stdout += text;
      },
    },
    stderr: {
      write: async (text) => {
        texts.stderr += text;
      },
    },
    colour: false,
    columns: 100,
    terminal: undefined,
    userFolder: '/users/me',
    hostName: 'desk.example',
    command: ['node', 'main.js'],
    randomUuid: () => {
      uuids += 1;
      return `00000000-0000-4000-8000-00000000000${uuids}`;
    },
    onSignal: (handler) => {
      handlers.add(handler);
      return () => handlers.delete(handler);
    },
    exitNow: (code) => exits.push(code),
    ...replaced,
  };
  return {
    io,
    texts,
    exits,
    listening: () => handlers.size,
    signal: (signal: InterruptSignal) => {
      for (const handler of handlers) handler(signal);
    },
  };
};

/** Runs one command line against a host, from arguments to exit code. */
export const run = async (
  host: CliHost,
  argv: readonly string[],
  options: Parameters<typeof fakeIo>[0] = {},
): Promise<Outcome> => {
  const { io, texts } = fakeIo(options);
  const code = await runCli({ argv, io, host: async () => host, version: '1.2.3' });
  return { code, ...texts };
};

/** Runs one command line on a fake device, with some methods of the device or its host replaced. */
export const runWith = (
  api: Partial<NodeApi>,
  argv: readonly string[],
  host: Partial<CliHost> = {},
): Promise<Outcome> => run(fakeHost({ api, host }).host, argv);
