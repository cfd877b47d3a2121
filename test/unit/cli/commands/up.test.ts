import { describe, expect, test } from 'vitest';
import { type CliHost, OutputClosed, runCli } from '../../../../node/cli/index.ts';
import { SmoError } from '../../../../protocol/fault/index.ts';
import { fakeHost, IDS } from '../fake-host.ts';
import { fakeIo, run } from '../run.ts';

describe('up', () => {
  const start = (argv: readonly string[], up: CliHost['up']) => {
    const process = fakeIo();
    const { host } = fakeHost({ host: { up } });
    return {
      ...process,
      ended: runCli({ argv, io: process.io, host: async () => host, version: '1' }),
    };
  };
  const info = { device: IDS.desk, addresses: ['/ip4/127.0.0.1/tcp/1'], socket: '/h/control.sock' };

  test('prints one line of JSON when it listens, and what happens on stderr', async () => {
    const { texts, ended } = start(['up', '--json'], async (_home, { onReady, log }) => {
      log('before');
      onReady(info);
      log('after\u001b[2J');
    });
    expect(await ended).toBe(0);
    expect(texts.stdout).toBe(`${JSON.stringify({ ready: true, ...info })}\n`);
    expect(texts.stderr).toMatch(/^\S+ {2}before\n\S+ {2}after\\u001b\[2J\n$/);
  });

  test('passes addresses on, and shows people where it listens', async () => {
    let input: Parameters<CliHost['up']>[1] | undefined;
    const argv = [
      'up',
      '--listen',
      '/ip4/1.2.3.4/tcp/1',
      '/ip4/1.2.3.4/tcp/2',
      '--no-mdns',
      '--dial',
      '/x',
      '--dial',
      '/y',
    ];
    const { texts, ended } = start(argv, async (_home, given) => {
      input = given;
      given.onReady(info);
    });
    expect(await ended).toBe(0);
    expect(input).toMatchObject({
      listen: ['/ip4/1.2.3.4/tcp/1', '/ip4/1.2.3.4/tcp/2'],
      mdns: false,
      dial: ['/x', '/y'],
    });
    expect(texts.stdout).toContain('/ip4/127.0.0.1/tcp/1');
    expect(texts.stderr).toBe('');
  });

  test('listens on the defaults and looks around when nothing is said', async () => {
    let input: Parameters<CliHost['up']>[1] | undefined;
    const { ended } = start(['up'], async (_home, given) => {
      input = given;
    });
    await ended;
    expect(input).toMatchObject({
      listen: [],
      mdns: true,
      dial: [],
      reach: { announce: [], relay: false, relayVia: [], bootstrap: [], dht: false, upnp: false },
    });
  });

  test('passes on how to be reached', async () => {
    let input: Parameters<CliHost['up']>[1] | undefined;
    const argv = 'up --relay --relay-via /r /s --bootstrap /b --announce /n --dht --upnp'.split(' ');
    const { ended } = start(argv, async (_home, given) => {
      input = given;
    });
    expect(await ended).toBe(0);
    expect(input?.reach).toEqual({
      announce: ['/n'],
      relay: true,
      relayVia: ['/r', '/s'],
      bootstrap: ['/b'],
      dht: true,
      upnp: true,
    });
  });

  test.each(['SIGINT', 'SIGTERM'] as const)('%s stops it cleanly, a second one at once', async (signal) => {
    const ready = Promise.withResolvers<void>();
    const stopped = Promise.withResolvers<void>();
    const process = start(['up'], async (_home, given) => {
      ready.resolve();
      given.signal.addEventListener('abort', () => stopped.resolve());
      await stopped.promise;
    });
    await ready.promise;
    process.signal(signal);
    expect(process.exits).toEqual([]);
    process.signal('SIGINT');
    expect(process.exits).toEqual([130]);
    expect(await process.ended).toBe(0);
    expect(process.listening()).toBe(0);
  });

  test('goes on when nobody reads its words', async () => {
    const { host } = fakeHost({ host: { up: async (_home, { onReady }) => onReady(info) } });
    const closed = { write: () => Promise.reject(new OutputClosed()) };
    expect(await run(host, ['up'], { stdout: closed })).toMatchObject({ code: 0 });
  });

  test('a port in use is one line', async () => {
    const { texts, ended } = start(['up'], async () => {
      throw new SmoError('port_in_use', 'port 4001 is in use', 'Choose another with --listen.');
    });
    expect(await ended).toBe(1);
    expect(texts.stderr).toBe('smo: port 4001 is in use. Choose another with --listen.\n');
  });
});
