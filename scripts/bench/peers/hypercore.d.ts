/** The little of hypercore that is measured. It has no types of its own, and is not there unless somebody installs it. */
declare module 'hypercore' {
  import type { Duplex } from 'node:stream';

  class Hypercore {
    readonly key: Buffer;
    readonly length: number;
    readonly contiguousLength: number;
    constructor(folder: string, key?: Buffer);
    ready(): Promise<void>;
    append(blocks: readonly Uint8Array[]): Promise<unknown>;
    update(options: { readonly wait: boolean }): Promise<boolean>;
    download(range: { readonly start: number; readonly end: number }): { done(): Promise<unknown> };
    replicate(isInitiator: boolean): Duplex;
    close(): Promise<void>;
  }

  export = Hypercore;
}
