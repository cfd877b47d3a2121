import { decodePlainBlock } from './plain-block.ts';
import { BLOCK_LAYOUT, decodeBlock, LAYOUT_AT, type SegmentBlock } from './segment-block.ts';

/** Reads a block of any layout that there has been; undefined when no record of it can be found. */
export const decodeAnyBlock = (key: Uint8Array, value: Uint8Array): SegmentBlock | undefined => {
  const layout = ((value[LAYOUT_AT] ?? 0) << 8) | (value[LAYOUT_AT + 1] ?? 0);
  return layout === BLOCK_LAYOUT ? decodeBlock(key, value) : decodePlainBlock(key, value);
};
