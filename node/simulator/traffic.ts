import type { News } from '../../simulations/index.ts';

/** What a device has sent and received since the run began. */
export interface DeviceTraffic {
  messagesSent: number;
  bytesSent: number;
  messagesReceived: number;
  bytesReceived: number;
  /** Records that came in frames, and those of others that went to its disk: what is more came in vain. */
  recordsReceived: number;
  recordBytesReceived: number;
  recordsStored: number;
  recordBytesStored: number;
  /** Its own records. */
  recordsWritten: number;
  recordBytesWritten: number;
  gossipReceived: number;
}

/** Adds up what devices send, receive and store. */
export class Traffic {
  readonly #devices: readonly DeviceTraffic[];

  constructor(devices: number) {
    this.#devices = Array.from({ length: devices }, nothing);
  }

  get devices(): readonly Readonly<DeviceTraffic>[] {
    return this.#devices;
  }

  news(news: News): void {
    if (!('device' in news)) return;
    const traffic = this.#devices[news.device];
    if (traffic === undefined) return;
    switch (news.type) {
      case 'sent':
        traffic.messagesSent += 1;
        traffic.bytesSent += news.bytes;
        break;
      case 'received':
        traffic.messagesReceived += 1;
        traffic.bytesReceived += news.bytes;
        traffic.recordsReceived += news.records;
        traffic.recordBytesReceived += news.recordBytes;
        break;
      case 'heard':
        traffic.gossipReceived += 1;
        break;
      case 'stored':
        traffic[news.own ? 'recordsWritten' : 'recordsStored'] += news.records;
        traffic[news.own ? 'recordBytesWritten' : 'recordBytesStored'] += news.recordBytes;
        break;
    }
  }
}

const nothing = (): DeviceTraffic => ({
  messagesSent: 0,
  bytesSent: 0,
  messagesReceived: 0,
  bytesReceived: 0,
  recordsReceived: 0,
  recordBytesReceived: 0,
  recordsStored: 0,
  recordBytesStored: 0,
  recordsWritten: 0,
  recordBytesWritten: 0,
  gossipReceived: 0,
});
