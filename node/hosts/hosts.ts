import process, { pid } from 'node:process';
import { ip, ipBatch, tc } from './ip.ts';
import { deleteNamespace, sweepStale } from './sweep.ts';

/** A place with a switch of its own; the two are joined by a trunk. */
export type Site = 'a' | 'b';

/** Which sites a host has a leg in; more than one makes it a bridge between them. */
export type Legs = Site | 'ab';

/** A direction in which a link is dead while everything about it looks alive. */
export type OneWay = 'in' | 'out';

/** A machine of its own as far as the network is concerned. */
export interface Host {
  readonly name: string;
  /** IPv4 address of its first leg. */
  readonly address: string;
  /** Words that run the program after them on this host. */
  readonly command: readonly string[];
  /** Plugs its cables in or out. */
  link(up: boolean): void;
  /** Loses silently all that comes in, or all that goes out; undefined: nothing. */
  lose(direction: OneWay | undefined): void;
  /** Lets through its cables only so much each way, in kbit/s; what is too much waits, up to two seconds of it. */
  slow(kbitPerS: number): void;
  /** Has another IPv4 address on its first leg from now on, as a laptop that is carried to another network. */
  move(address: string): void;
  /** Has no way any more to just these addresses: what it sends there is lost. */
  avoid(addresses: ReadonlySet<string>): void;
}

/** Hosts on one or two sites. */
export interface Hosts {
  readonly all: readonly Host[];
  /** The one link between the sites. */
  trunk(up: boolean): void;
  /** Takes everything away, processes on the hosts included. */
  remove(): void;
}

/** Number of each site in addresses: 10.77.<site>.<host>. */
const SITE = { a: 1, b: 2 } as const satisfies Record<Site, number>;

let made = 0;

/**
 * Makes hosts as network namespaces of Linux. Each site is a bridge; both, and the far ends of all cables, are in
 * a namespace of their own, so that nothing outside is touched:
 *
 *     host 1 (eth0) --- h1 | bridge a | trunk ======== trunk | bridge b | h3 --- (eth0) host 3
 *     host 2 (eth0) --- h2 |          |                      |          | h4 --- (eth0) host 4
 *
 * All hosts are in one subnet, 10.77.0.0/16, also across the trunk. On a host with two legs the second site goes by
 * the second leg. Multicast, and with it mDNS, leaves by the first leg. To be called as root on Linux, see
 * `hostsUnavailable`. What is left at the end of the process is removed then; what a killed one has left, by the
 * next one.
 */
export const createHosts = (...layout: readonly Legs[]): Hosts => {
  sweepStale();
  made += 1;
  const prefix = `smo-${pid}-${made}`;
  const network = `${prefix}-net`;
  const namespaces = [network, ...layout.map((_, index) => `${prefix}-${index + 1}`)];
  const created: string[] = [];
  const remove = (): void => {
    process.off('exit', remove);
    for (const namespace of created.splice(0)) deleteNamespace(namespace);
  };
  process.once('exit', remove);
  try {
    for (const namespace of namespaces) {
      ip('netns', 'add', namespace);
      created.push(namespace);
      ip('-n', namespace, 'link', 'set', 'lo', 'up');
    }
    makeSites(network);
    const all = layout.map((legs, index) => makeHost(network, `${prefix}-${index + 1}`, index + 1, legs));
    return { all, trunk: (up) => setLink(network, 'trunk-a', up), remove };
  } catch (error) {
    remove();
    throw error;
  }
};

const makeSites = (network: string): void => {
  const inNetwork = (...words: readonly string[]): string => ip('-n', network, ...words);
  inNetwork('link', 'add', 'trunk-a', 'type', 'veth', 'peer', 'name', 'trunk-b');
  for (const site of Object.keys(SITE)) {
    // A switch that knows nothing of groups passes multicast on to everybody.
    inNetwork('link', 'add', `site-${site}`, 'type', 'bridge', 'mcast_snooping', '0');
    inNetwork('link', 'set', `trunk-${site}`, 'master', `site-${site}`);
    for (const name of [`site-${site}`, `trunk-${site}`]) inNetwork('link', 'set', name, 'up');
  }
};

const makeHost = (network: string, namespace: string, number: number, legs: Legs): Host => {
  const sites = [...legs] as readonly Site[];
  const inHost = (...words: readonly string[]): string => ip('-n', namespace, ...words);
  // With two legs in one subnet, an answer may come in by another one than the question went out.
  for (const name of ['all', 'default']) {
    ip('netns', 'exec', namespace, 'sh', '-c', `echo 0 > /proc/sys/net/ipv4/conf/${name}/rp_filter`);
  }
  const cables = sites.map((site, leg) => {
    const [near, far] = [`eth${leg}`, `h${number}-${site}`];
    ip('-n', network, 'link', 'add', far, 'type', 'veth', 'peer', 'name', near, 'netns', namespace);
    ip('-n', network, 'link', 'set', far, 'master', `site-${site}`, 'up');
    inHost('address', 'add', `10.77.${SITE[site]}.${number}/${leg === 0 ? 16 : 24}`, 'dev', near);
    inHost('link', 'set', near, 'up');
    return { near, far };
  });
  inHost('route', 'add', '224.0.0.0/4', 'dev', 'eth0');
  return {
    name: `host-${number}`,
    address: `10.77.${SITE[sites[0] ?? 'a']}.${number}`,
    command: ['ip', 'netns', 'exec', namespace],
    link: (up) => {
      for (const { far } of cables) setLink(network, far, up);
    },
    move: (address) => {
      inHost('address', 'flush', 'dev', 'eth0', 'scope', 'global');
      inHost('address', 'add', `${address}/16`, 'dev', 'eth0');
    },
    avoid: avoiding(namespace),
    slow: (kbitPerS) => {
      for (const { near, far } of cables) {
        setRate(network, far, kbitPerS);
        setRate(namespace, near, kbitPerS);
      }
    },
    lose: (direction) => {
      for (const { near, far } of cables) {
        setLosing(network, far, direction === 'in');
        setLosing(namespace, near, direction === 'out');
      }
    },
  };
};

const setLink = (namespace: string, name: string, up: boolean): void => {
  ip('-n', namespace, 'link', 'set', name, up ? 'up' : 'down');
};

/** Routes that lead nowhere, for as long as they are wanted. */
const avoiding = (namespace: string): Host['avoid'] => {
  let avoided: ReadonlySet<string> = new Set();
  return (addresses) => {
    const lines = [
      ...[...avoided].filter((one) => !addresses.has(one)).map((one) => `route del blackhole ${one}`),
      ...[...addresses].filter((one) => !avoided.has(one)).map((one) => `route add blackhole ${one}`),
    ];
    avoided = new Set(addresses);
    if (lines.length > 0) ipBatch(namespace, lines);
  };
};

/** Lets everything that leaves by a device vanish, or nothing. */
const setLosing = (namespace: string, name: string, losing: boolean): void => {
  if (losing) tc(namespace, 'qdisc', 'replace', 'dev', name, 'root', 'blackhole');
  else if (tc(namespace, 'qdisc', 'show', 'dev', name).includes('blackhole'))
    tc(namespace, 'qdisc', 'del', 'dev', name, 'root');
};

const setRate = (namespace: string, name: string, kbitPerS: number): void => {
  const rate = ['rate', `${kbitPerS}kbit`, 'burst', '16kbit', 'latency', '2s'];
  tc(namespace, 'qdisc', 'replace', 'dev', name, 'root', 'tbf', ...rate);
};
