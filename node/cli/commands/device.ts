import type { Command } from 'commander';
import { addCommand } from '../command-line.ts';
import type { UpInfo } from '../context.ts';
import { printable, timeText } from '../format.ts';
import { paint, printResult, type Session } from '../session.ts';
import { withApi } from '../with-api.ts';

const GROUP = 'This device:';

/** `up`, `status`, `peers`, `online`, `offline`: the device itself. */
export const addDeviceCommands = (program: Command, session: Session): void => {
  addUp(program, session);
  addStatus(program, session);
  addPeers(program, session);
  addNetwork(program, session, true);
  addNetwork(program, session, false);
};

interface UpOptions {
  readonly listen?: readonly string[];
  readonly mdns: boolean;
  readonly dial?: readonly string[];
  readonly announce?: readonly string[];
  readonly relay?: true;
  readonly relayVia?: readonly string[];
  readonly bootstrap?: readonly string[];
  readonly dht?: true;
  readonly upnp?: true;
}

const addUp = (program: Command, session: Session): void => {
  addCommand(program, 'up', {
    group: GROUP,
    summary: 'go on line and stay in step with the other devices',
    description:
      'Runs this device until Ctrl-C: it finds the other devices, exchanges events with them, and serves the commands that are given for the same home meanwhile.',
    examples: [
      'up',
      'up --listen /ip4/0.0.0.0/tcp/4001',
      'up --no-mdns --dial /ip4/192.0.2.7/tcp/4001',
      'up --relay --listen /ip4/0.0.0.0/tcp/4001 --announce /dns4/home.example.org/tcp/4001',
      'up --json',
    ],
  })
    .option('--listen <multiaddr...>', 'addresses to listen on (default: every interface, any free port)')
    .option('--no-mdns', 'do not look for devices on the local network')
    .option('--dial <multiaddr...>', 'addresses to dial at the start')
    .option('--bootstrap <multiaddr...>', 'addresses to dial while no device of the space is connected')
    .option('--announce <multiaddr...>', 'addresses to tell others, e.g. of a forwarded port')
    .option('--relay', 'pass on what devices send each other that cannot reach each other')
    .option('--relay-via <multiaddr...>', 'be reached through these relays (default: any two of the space)')
    .option('--dht', 'find devices through a hash table that the devices of the space keep')
    .option('--upnp', 'ask the router to let connections in')
    .action((options: UpOptions) => runUp(session, options));
};

const runUp = async (session: Session, options: UpOptions): Promise<void> => {
  const host = await session.host();
  const abort = new AbortController();
  const release = session.io.onSignal((signal) => {
    // Who asks twice does not want to wait for a clean stop.
    if (abort.signal.aborted) session.io.exitNow(signal === 'SIGINT' ? 130 : 143);
    abort.abort();
  });
  const lines = lineWriter(session);
  try {
    await host.up(session.home(), {
      listen: options.listen ?? [],
      mdns: options.mdns,
      dial: options.dial ?? [],
      reach: {
        announce: options.announce ?? [],
        relay: options.relay ?? false,
        relayVia: options.relayVia ?? [],
        bootstrap: options.bootstrap ?? [],
        dht: options.dht ?? false,
        upnp: options.upnp ?? false,
      },
      signal: abort.signal,
      onReady: (info) => lines.ready(info),
      log: (line) => lines.log(line),
    });
    await lines.written();
  } finally {
    release();
  }
};

/** Writes in order what comes by callbacks. A device goes on whatever becomes of the reader of its words. */
const lineWriter = (session: Session) => {
  const { stdout, stderr } = session.io;
  let last: Promise<void> = Promise.resolve();
  const write = (sink: typeof stdout, text: string): void => {
    last = last.then(() => sink.write(`${text}\n`)).catch(() => undefined);
  };
  return {
    ready: (info: UpInfo): void => {
      const { device, addresses, socket } = info;
      const json = () => JSON.stringify({ ready: true, device, addresses, socket });
      write(stdout, session.json ? json() : readyText(session, info));
    },
    log: (line: string): void =>
      write(session.json ? stderr : stdout, `${timeText(Date.now())}  ${printable(line)}`),
    written: (): Promise<void> => last,
  };
};

const readyText = (session: Session, info: UpInfo): string =>
  [
    `${paint(session, 'green', 'up')}  ${info.device}`,
    ...info.addresses.map((address) => `    ${address}`),
    'Ctrl-C stops it.',
  ].join('\n');

const addStatus = (program: Command, session: Session): void => {
  addCommand(program, 'status', {
    group: GROUP,
    summary: 'show at a glance who is in step, and what waits',
    description:
      'Shows what this device holds, who of the space is connected, who is behind by how much and why, which conflicts are open, and what waits for events of others. What is not known is shown as "unknown".',
    examples: ['status', 'status --json'],
  }).action(async () => {
    const status = await withApi(session, (api) => api.status());
    await printResult(session, status, async () => {
      const { statusText } = await import('../views/status-view.ts');
      return statusText(session, status);
    });
  });
};

const addPeers = (program: Command, session: Session): void => {
  addCommand(program, 'peers', {
    group: GROUP,
    summary: 'list the other devices of the space',
    description:
      'Lists the other devices of the space: their roles, whether they are connected, and how far behind.',
    examples: ['peers', 'peers --json'],
  }).action(async () => {
    const { peers } = await withApi(session, (api) => api.status());
    await printResult(session, { peers }, async () => {
      const { peersText } = await import('../views/status-view.ts');
      return peersText(peers);
    });
  });
};

const addNetwork = (program: Command, session: Session, enabled: boolean): void => {
  addCommand(
    program,
    enabled ? 'online' : 'offline',
    enabled
      ? {
          group: GROUP,
          summary: 'resume networking after "smo offline"',
          description: 'Lets a device that is up connect to the others again.',
          examples: ['online'],
        }
      : {
          group: GROUP,
          summary: 'pause all networking of the running device',
          description:
            'Closes all connections of a device that is up, and makes none until "smo online". Everything else goes on.',
          examples: ['offline'],
        },
  ).action(async () => {
    const result = await withApi(session, (api) => api.network({ enabled }));
    await printResult(session, result, () =>
      result.enabled ? 'Networking is on.' : 'Networking is paused; "smo online" resumes it.',
    );
  });
};
