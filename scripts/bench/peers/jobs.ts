/** What a process is told that fills a hypercore. */
export interface FillJob {
  readonly folder: string;
  /** Records, as {@link readRecordFile} reads them. */
  readonly file: string;
}

/** What a process is told that hands a hypercore out. */
export interface PeerSenderJob {
  readonly folder: string;
}

/** What it tells when it can be reached. */
export interface PeerSenderReady {
  readonly port: number;
  /** In hexadecimal. */
  readonly key: string;
}

/** What a process is told that receives one. */
export interface PeerReceiverJob extends PeerSenderReady {
  readonly folder: string;
  readonly events: number;
}

/** What a process is told that fills a database of OrbitDB and hands it out. */
export interface OrbitSenderJob extends FillJob {
  readonly events: number;
}

/** What it tells when it can be reached. */
export interface OrbitSenderReady {
  readonly address: string;
  readonly database: string;
}

/** What a process is told that receives it. */
export interface OrbitReceiverJob extends OrbitSenderReady {
  readonly folder: string;
  readonly events: number;
}
