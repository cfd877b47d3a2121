import type { SegmentBlock } from './segment-block.ts';

/** Decoded blocks of sealed segments, the least recently used leaving first; bounded by their bytes. */
export interface BlockCache {
  get(segment: string): SegmentBlock | undefined;
  add(segment: string, block: SegmentBlock): void;
  remove(segment: string): void;
}

/** An empty cache; one block is kept even when it alone is larger than `bytesMax`. */
export const blockCache = (bytesMax: number): BlockCache => {
  const blocks = new Map<string, SegmentBlock>();
  let bytes = 0;
  const remove = (segment: string): void => {
    bytes -= blocks.get(segment)?.bytes ?? 0;
    blocks.delete(segment);
  };
  return {
    remove,
    get(segment) {
      const block = blocks.get(segment);
      if (block !== undefined) {
        blocks.delete(segment);
        blocks.set(segment, block);
      }
      return block;
    },
    add(segment, block) {
      remove(segment);
      blocks.set(segment, block);
      bytes += block.bytes;
      for (const oldest of blocks.keys()) {
        if (bytes <= bytesMax || blocks.size === 1) break;
        remove(oldest);
      }
    },
  };
};
