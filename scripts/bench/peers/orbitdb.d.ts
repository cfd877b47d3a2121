/** The little of OrbitDB and of what it stands on that is measured; not there unless somebody installs it. */
declare module 'helia' {
  export interface Helia {
    stop(): Promise<void>;
  }
  export const createHelia: (options: {
    readonly libp2p: object;
    readonly blockstore: object;
  }) => Promise<Helia>;
}

declare module 'blockstore-level' {
  export class LevelBlockstore {
    constructor(folder: string);
  }
}

declare module '@orbitdb/core' {
  import type { EventEmitter } from 'node:events';

  export interface OrbitDatabase {
    readonly address: string;
    /** `join`: what another one holds has been merged. */
    readonly events: EventEmitter;
    add(value: string): Promise<string>;
    all(): Promise<readonly unknown[]>;
    close(): Promise<void>;
  }
  export interface OrbitDB {
    open(address: string, options?: { readonly type: 'events' }): Promise<OrbitDatabase>;
    stop(): Promise<void>;
  }
  export const createOrbitDB: (options: {
    readonly ipfs: object;
    readonly directory: string;
  }) => Promise<OrbitDB>;
}
