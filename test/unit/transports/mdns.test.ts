import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { LocalNetwork } from '../../../transports/local-networks.ts';
import { Mdns, type MdnsSocket } from '../../../transports/mdns.ts';
import type { Announcement } from '../../../transports/mdns-records.ts';
import { deviceOf } from '../../support/numbered-device.ts';

const TAG = '_smo-unit._udp.local';
const SEARCH_MS = 10_000;
const ANNOUNCE_MS = 1_000;

const HOME: LocalNetwork = { address: '192.168.1.7', prefix: 24 };
const OFFICE: LocalNetwork = { address: '10.20.0.7', prefix: 16 };
const LOOPBACK: LocalNetwork = { address: '127.0.0.1', prefix: 8 };

const own = (ip: string): string => `/ip4/${ip}/tcp/4001/p2p/${deviceOf(1)}`;
const other = (ip: string): string => `/ip4/${ip}/tcp/4002/p2p/${deviceOf(2)}`;

class FakeSocket extends EventEmitter implements MdnsSocket {
  readonly network: string;
  queries = 0;
  readonly responses: Parameters<MdnsSocket['respond']>[0][] = [];
  destroyed = 0;

  constructor(network: string) {
    super();
    this.network = network;
  }

  query(questions: readonly object[]): void {
    expect(questions).toEqual([{ name: TAG, type: 'PTR' }]);
    this.queries += 1;
  }

  respond(response: Parameters<MdnsSocket['respond']>[0]): void {
    this.responses.push(response);
  }

  destroy(callback?: () => void): void {
    this.destroyed += 1;
    callback?.();
  }

  /** Addresses of each announcement so far. */
  get announced(): readonly (readonly string[])[] {
    return this.responses.map(({ additionals }) => additionals.flatMap(({ data }) => data));
  }
}

/** A device on networks that a test may change. */
const rig = (networks: LocalNetwork[], addresses: string[] = [own('192.168.1.7'), own('127.0.0.1')]) => {
  const sockets: FakeSocket[] = [];
  const heard: Announcement[] = [];
  const lines: string[] = [];
  const mdns = new Mdns({
    serviceTag: TAG,
    addresses: () => addresses,
    onAnnouncement: (announcement) => heard.push(announcement),
    log: (_, message) => lines.push(message),
    networks: () => networks,
    open: ({ address }) => {
      const socket = new FakeSocket(address);
      sockets.push(socket);
      return socket;
    },
  });
  const socketOf = (address: string): FakeSocket => {
    const socket = sockets.findLast(({ network }) => network === address);
    if (socket === undefined) throw new Error(`no socket was opened for ${address}`);
    return socket;
  };
  /** Hands a packet to the sockets of all networks, as an operating system may. */
  const arrive = (type: 'query' | 'response', packet: unknown, source: string): void => {
    for (const socket of sockets) if (socket.destroyed === 0) socket.emit(type, packet, { address: source });
  };
  return { mdns, sockets, socketOf, heard, lines, networks, addresses, arrive };
};

const question = { questions: [{ type: 'PTR', name: TAG }] };

const announcement = (...addresses: readonly string[]) => ({
  answers: [{ type: 'PTR', name: TAG, data: `abc.${TAG}` }],
  additionals: [
    { type: 'TXT', name: `abc.${TAG}`, data: addresses.map((address) => Buffer.from(`dnsaddr=${address}`)) },
  ],
});

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('the networks of a machine', () => {
  test('are searched at once, and again every ten seconds', async () => {
    const { mdns, sockets } = rig([HOME, LOOPBACK]);
    mdns.start();
    expect(sockets.map(({ network, queries }) => [network, queries])).toEqual([
      [HOME.address, 1],
      [LOOPBACK.address, 1],
    ]);
    vi.advanceTimersByTime(SEARCH_MS - 1);
    expect(sockets.map(({ queries }) => queries)).toEqual([1, 1]);
    vi.advanceTimersByTime(1);
    expect(sockets.map(({ queries }) => queries)).toEqual([2, 2]);
    await mdns.stop();
    vi.advanceTimersByTime(10 * SEARCH_MS);
    expect(sockets.map(({ queries, destroyed }) => [queries, destroyed])).toEqual([
      [2, 1],
      [2, 1],
    ]);
  });

  test('may change: a new one is searched, one that is gone is left', async () => {
    const { mdns, sockets, socketOf, networks, arrive, heard } = rig([HOME]);
    mdns.start();
    networks.splice(0, 1, OFFICE);
    vi.advanceTimersByTime(SEARCH_MS);
    expect(sockets.map(({ network, destroyed }) => [network, destroyed])).toEqual([
      [HOME.address, 1],
      [OFFICE.address, 0],
    ]);
    arrive('response', announcement(other('10.20.3.3')), '10.20.3.3');
    expect(heard).toEqual([{ device: deviceOf(2), addresses: [other('10.20.3.3')] }]);
    // Back at home.
    networks.push(HOME);
    vi.advanceTimersByTime(SEARCH_MS);
    expect(socketOf(HOME.address).destroyed).toBe(0);
    expect(sockets).toHaveLength(3);
    await mdns.stop();
    expect(sockets.map(({ destroyed }) => destroyed)).toEqual([1, 1, 1]);
  });

  test('of which one cannot be searched do not keep it from the others, and it is tried again', async () => {
    const { mdns, sockets, socketOf, lines } = rig([HOME, OFFICE]);
    mdns.start();
    const broken = socketOf(OFFICE.address);
    broken.emit('error', new Error('bind EADDRINUSE'));
    broken.emit('error', new Error('once more'));
    expect(lines[0]).toContain('the network of 10.20.0.7');
    expect(broken.destroyed).toBe(1);
    socketOf(HOME.address).emit('warning', new Error('not DNS'));
    vi.advanceTimersByTime(SEARCH_MS);
    expect(sockets.map(({ network, queries }) => [network, queries])).toEqual([
      [HOME.address, 2],
      [OFFICE.address, 1],
      [OFFICE.address, 1],
    ]);
    await mdns.stop();
  });

  test('of which one cannot be searched are told once, until it can be searched or has been left', async () => {
    const { mdns, socketOf, lines, networks } = rig([HOME, OFFICE]);
    const fail = (): boolean => socketOf(OFFICE.address).emit('error', new Error('bind EADDRINUSE'));
    mdns.start();
    for (let i = 0; i < 100; i += 1) {
      fail();
      vi.advanceTimersByTime(SEARCH_MS);
    }
    expect(lines).toHaveLength(1);
    socketOf(OFFICE.address).emit('ready');
    fail();
    expect(lines).toHaveLength(2);
    networks.pop();
    vi.advanceTimersByTime(SEARCH_MS);
    networks.push(OFFICE);
    vi.advanceTimersByTime(SEARCH_MS);
    fail();
    expect(lines).toHaveLength(3);
    await mdns.stop();
  });

  test('are searched again after a pause', async () => {
    const { mdns, sockets } = rig([HOME]);
    mdns.start();
    mdns.start();
    await mdns.stop();
    await mdns.stop();
    mdns.start();
    expect(sockets.map(({ queries, destroyed }) => [queries, destroyed])).toEqual([
      [1, 1],
      [1, 0],
    ]);
    await mdns.stop();
  });
});

describe('a device', () => {
  test('answers on the network from which it is asked, and on no other', async () => {
    const { mdns, socketOf, arrive } = rig([HOME, OFFICE, LOOPBACK]);
    mdns.start();
    arrive('query', question, '192.168.1.200');
    expect(socketOf(HOME.address).responses).toHaveLength(1);
    expect(socketOf(OFFICE.address).responses).toHaveLength(0);
    expect(socketOf(LOOPBACK.address).responses).toHaveLength(0);
    const [response] = socketOf(HOME.address).responses;
    const [{ data: name = '' } = {}] = response?.answers ?? [];
    expect(name).toMatch(/^[a-z2-7]{32}\._smo-unit\._udp\.local$/);
    expect(response).toEqual({
      answers: [{ name: TAG, type: 'PTR', class: 'IN', ttl: 120, data: name }],
      additionals: [
        {
          name,
          type: 'TXT',
          class: 'IN',
          ttl: 120,
          data: [`dnsaddr=${own('192.168.1.7')}`, `dnsaddr=${own('127.0.0.1')}`],
        },
      ],
    });
    await mdns.stop();
  });

  test('names first the addresses that are sure to be reached, and those of the machine itself last', async () => {
    const relayed = `${own('192.168.1.9')}/p2p-circuit/p2p/${deviceOf(1)}`;
    const addresses = [own('127.0.0.1'), relayed, own('192.168.1.7'), own('10.20.0.7')];
    const { mdns, socketOf, arrive } = rig([HOME, OFFICE, LOOPBACK], addresses);
    mdns.start();
    arrive('query', question, '10.20.9.9');
    arrive('query', question, '127.0.0.1');
    expect(socketOf(OFFICE.address).announced).toEqual([
      [own('10.20.0.7'), own('192.168.1.7'), own('127.0.0.1')].map((address) => `dnsaddr=${address}`),
    ]);
    expect(socketOf(LOOPBACK.address).announced[0]?.[0]).toBe(`dnsaddr=${own('127.0.0.1')}`);
    await mdns.stop();
  });

  test('announces itself once a second at most, however often it is asked (M2)', async () => {
    const { mdns, socketOf, arrive } = rig([HOME]);
    mdns.start();
    const { responses } = socketOf(HOME.address);
    for (let i = 0; i < 100; i += 1) arrive('query', question, '192.168.1.200');
    expect(responses).toHaveLength(1);
    vi.advanceTimersByTime(ANNOUNCE_MS - 1);
    expect(responses).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(responses).toHaveLength(2);
    vi.advanceTimersByTime(SEARCH_MS);
    expect(responses).toHaveLength(2);
    arrive('query', question, '192.168.1.200');
    expect(responses).toHaveLength(3);
    // An answer that is due does not come after a stop.
    arrive('query', question, '192.168.1.200');
    await mdns.stop();
    vi.advanceTimersByTime(SEARCH_MS);
    expect(responses).toHaveLength(3);
  });

  test('says nothing while it listens nowhere, nor to questions for something else', async () => {
    const { mdns, socketOf, arrive, addresses } = rig([HOME], []);
    mdns.start();
    arrive('query', question, '192.168.1.200');
    addresses.push(own('192.168.1.7'));
    arrive('query', { questions: [{ type: 'PTR', name: '_other._udp.local' }] }, '192.168.1.200');
    arrive('query', { questions: [{ type: 'TXT', name: TAG }] }, '192.168.1.200');
    expect(socketOf(HOME.address).responses).toEqual([]);
    arrive(
      'query',
      {
        questions: [
          { type: 'A', name: 'x' },
          { type: 'PTR', name: TAG.toUpperCase() },
        ],
      },
      '192.168.1.200',
    );
    expect(socketOf(HOME.address).responses).toHaveLength(1);
    await mdns.stop();
  });

  test('does not hear itself, nor anybody outside of its networks (M1)', async () => {
    const { mdns, socketOf, arrive, heard } = rig([HOME, LOOPBACK]);
    mdns.start();
    arrive('query', question, '8.8.8.8');
    expect(socketOf(HOME.address).responses).toEqual([]);
    arrive('response', announcement(other('8.8.8.8')), '8.8.8.8');
    arrive('query', question, HOME.address);
    const [mine] = socketOf(HOME.address).responses;
    arrive('response', mine, HOME.address);
    expect(heard).toEqual([]);
    await mdns.stop();
  });

  test('hears each announcement once', async () => {
    const { mdns, arrive, heard } = rig([LOOPBACK, HOME, OFFICE, { address: '192.168.0.1', prefix: 16 }]);
    mdns.start();
    arrive('response', announcement(other('192.168.1.9')), '192.168.1.9');
    expect(heard).toEqual([{ device: deviceOf(2), addresses: [other('192.168.1.9')] }]);
    await mdns.stop();
  });

  test('hears of loopback addresses from its own machine only', async () => {
    const { mdns, arrive, heard } = rig([HOME, LOOPBACK]);
    mdns.start();
    const both = announcement(other('127.0.0.1'), other('192.168.1.9'));
    arrive('response', both, '192.168.1.9');
    arrive('response', announcement(other('127.0.0.1')), '192.168.1.9');
    expect(heard.map(({ addresses }) => addresses)).toEqual([[other('192.168.1.9')]]);
    arrive('response', both, HOME.address);
    expect(heard.at(-1)?.addresses).toEqual([other('127.0.0.1'), other('192.168.1.9')]);
    await mdns.stop();
  });
});
