/** The little of negentropy that is measured: its reference in JavaScript, as a package for Nostr brings it along. */
declare module '@welshman/net/dist/net/src/negentropy.js' {
  export class NegentropyStorageVector {
    insert(timestampS: number, id: Uint8Array): void;
    seal(): void;
  }

  export class Negentropy {
    /** @param frameSizeLimit 0 for none */
    constructor(storage: NegentropyStorageVector, frameSizeLimit: number);
    /** @returns hexadecimal */
    initiate(): Promise<string>;
    /** @returns what to answer, null when all is known; ids that the other side lacks, and ids that are lacking here */
    reconcile(message: string): Promise<readonly [string | null, readonly string[], readonly string[]]>;
  }
}
