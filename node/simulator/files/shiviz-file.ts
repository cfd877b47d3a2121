import type { Fault, FrameNews, News } from '../../../simulations/index.ts';
import { LineFile } from './line-file.ts';
import type { RunFile } from './run-file.ts';

/** How ShiViz reads an event: two lines, the host with its vector clock, then the virtual time and what happened. */
const PATTERN = String.raw`(?<host>\S+) (?<clock>\{.*\})\n(?<time>\S+) (?<event>.*)`;

/** With more devices, each line would be longer than anybody reads. */
const DEVICES_MAX = 50;

/** Events after which the log ends: more of them ShiViz cannot draw. What is there is whole, as nothing before depends on it. */
const EVENTS_MAX = 20_000;

type Clock = Map<number, number>;

/**
 * A log for ShiViz (https://bestchai.bitbucket.io/shiviz/): who knew of what when, from the end of the setup: each device is a host with a vector clock, which grows by one with
 * each of its events and takes in the clock of who sent a frame or a gossip message when that arrives. (F. Mattern,
 * "Virtual time and global states of distributed systems", 1989.)
 */
export class ShivizFile implements RunFile {
  static readonly fileName = 'shiviz.log';
  readonly #lines: LineFile;
  readonly #clocks: readonly Clock[];
  /** The clock of the sender, by message; what has not arrived yet. */
  readonly #sent = new Map<number, Clock>();
  /** The clocks of those that have told or heard a gossip message. */
  readonly #gossip = new Map<number, Map<number, Clock>>();
  #events = 0;
  #hasBegun = false;

  constructor(path: string, devices: number) {
    this.#lines = new LineFile(path);
    // Of a file that is chosen there, ShiViz takes these for what parses an event, and what parts executions.
    for (const line of [PATTERN, '']) this.#lines.line(line);
    this.#clocks = Array.from({ length: devices <= DEVICES_MAX ? devices : 0 }, () => new Map());
  }

  news(news: News): void {
    if (news.type === 'phase' && news.phase === 'chaos') this.#hasBegun = true;
    else if (this.#hasBegun && this.#events < EVENTS_MAX) this.#note(news);
  }

  close(): void {
    this.#lines.close();
  }

  #note(news: News): void {
    switch (news.type) {
      case 'fault':
        for (const device of devicesOf(news.fault)) this.#happen(device, news.atUs, faultText(news.fault));
        break;
      case 'opened':
        this.#happen(news.device, news.atUs, 'starts');
        break;
      case 'connected':
      case 'disconnected':
        this.#happen(news.device, news.atUs, `${news.type} ${hostOf(news.peer)}`);
        break;
      case 'appended':
      case 'applied':
        this.#happen(news.device, news.atUs, `${news.type} ${news.seq} of ${news.origin}`);
        break;
      case 'sent': {
        const clock = this.#happen(news.device, news.atUs, frameText(news));
        if (clock !== undefined && news.message !== undefined) this.#sent.set(news.message, clock);
        break;
      }
      case 'received': {
        const from = news.message === undefined ? undefined : this.#sent.get(news.message);
        if (news.message !== undefined) this.#sent.delete(news.message);
        this.#happen(news.device, news.atUs, frameText(news), from);
        break;
      }
      case 'told':
        this.#noteGossip(news.gossip, news.device, this.#happen(news.device, news.atUs, 'gossips'));
        break;
      case 'heard': {
        const from = this.#gossip.get(news.gossip)?.get(news.peer);
        const text = `hears gossip of ${hostOf(news.peer)}`;
        this.#noteGossip(news.gossip, news.device, this.#happen(news.device, news.atUs, text, from));
        break;
      }
      case 'violation':
        this.#happen(news.violation.device, news.atUs, `violates ${news.violation.invariant}`);
        break;
      default:
        break;
    }
  }

  /** Writes one event of a device; its clock then. */
  #happen(device: number, atUs: number, text: string, from?: Clock): Clock | undefined {
    const clock = this.#clocks[device];
    if (clock === undefined) return undefined;
    for (const [other, count] of from ?? []) clock.set(other, Math.max(count, clock.get(other) ?? 0));
    clock.set(device, (clock.get(device) ?? 0) + 1);
    this.#lines.line(`${hostOf(device)} ${clockText(clock)}`);
    this.#lines.line(`${(atUs / 1_000_000).toFixed(6)}s ${text}`);
    this.#events += 1;
    return new Map(clock);
  }

  #noteGossip(gossip: number, device: number, clock: Clock | undefined): void {
    if (clock === undefined) return;
    const clocks = this.#gossip.get(gossip) ?? new Map<number, Clock>();
    this.#gossip.set(gossip, clocks);
    // What it hears again it has passed on before.
    if (!clocks.has(device)) clocks.set(device, clock);
  }
}

const hostOf = (device: number): string => `device-${device}`;

const clockText = (clock: Clock): string =>
  JSON.stringify(Object.fromEntries([...clock].map(([device, count]) => [hostOf(device), count])));

const frameText = ({
  type,
  frame,
  peer,
  records,
}: FrameNews & { readonly type: 'sent' | 'received' }): string => {
  const what = records > 0 ? `${frame} (${records} ${records === 1 ? 'record' : 'records'})` : frame;
  return type === 'sent' ? `sends ${what} to ${hostOf(peer)}` : `gets ${what} of ${hostOf(peer)}`;
};

/** Those that a fault strikes; where it is between two, the one that sends. */
const devicesOf = (fault: Fault): readonly number[] => {
  if ('device' in fault) return [fault.device];
  return 'from' in fault ? [fault.from] : [fault.a, fault.b];
};

const faultText = (fault: Fault): string =>
  'to' in fault ? `${fault.type} to ${hostOf(fault.to)}` : fault.type;
