import type { Fault, News, Operation } from '../../../simulations/index.ts';
import type { EventSample } from './event-sample.ts';
import { LineFile } from './line-file.ts';
import type { RunFile } from './run-file.ts';

/** What happened in a run, one JSON object a line; the guide lists the members of each. */
export class EventsFile implements RunFile {
  static readonly fileName = 'events.jsonl';
  readonly #lines: LineFile;
  readonly #sample: EventSample;

  /** @param sample of the events that are followed from device to device */
  constructor(path: string, sample: EventSample) {
    this.#sample = sample;
    this.#lines = new LineFile(path);
  }

  news(news: News): void {
    if (news.type === 'applied' && !this.#sample.has(news.event)) return;
    const members = membersOf(news);
    if (members !== undefined) this.#lines.line(JSON.stringify({ time_us: news.atUs, ...members }));
  }

  close(): void {
    this.#lines.close();
  }
}

/** What a line says beside its time; undefined for what is in other files: each frame, and each write to a disk. */
const membersOf = (news: News): object | undefined => {
  switch (news.type) {
    case 'phase':
      return { type: 'phase', phase: news.phase };
    case 'operation':
      return operationMembers(news.operation);
    case 'fault':
      return faultMembers(news.fault);
    case 'violation': {
      const { invariant, device, message } = news.violation;
      return { type: 'violation', device, invariant, message };
    }
    case 'opened':
      return { type: 'started', device: news.device };
    case 'connected':
    case 'disconnected':
      return { type: news.type, device: news.device, peer: news.peer };
    case 'appended':
    case 'applied': {
      const { type, device, event, origin, seq } = news;
      return { type, device, event, origin, seq };
    }
    case 'strike':
    case 'refused':
      return { type: news.type, device: news.device, peer: news.peer, code: news.code };
    case 'fork':
      return { type: 'fork', device: news.device, origin: news.origin, seq: news.seq };
    case 'retired':
      return { type: 'retired', device: news.device, origin: news.origin, reason: news.reason };
    case 'rebuilt':
      return { type: 'rebuilt', device: news.device };
    case 'sent':
    case 'received':
    case 'told':
    case 'heard':
    case 'stored':
      return undefined;
  }
};

/** What somebody does: of a write how much, as the events follow once they are safe. */
const operationMembers = (operation: Operation): object => {
  const { atUs: _, type: kind, device, ...details } = operation;
  if (operation.type !== 'write') return { type: 'operation', device, kind, ...details };
  return { type: 'operation', device, kind, events: operation.drafts.length };
};

const faultMembers = ({ atUs: _, type: kind, ...details }: Fault): object => ({
  type: 'fault',
  kind,
  ...details,
});
