import type { RecordStore, WholeSegment } from '../../protocol/engine/index.ts';

/**
 * Puts a segment that came whole from another device in the place of a damaged one; false when the store holds
 * another one there: what was damaged may have grown since, or its neighbours are damaged as well.
 */
export const restoreSegment = async (
  records: Pick<RecordStore, 'restore'>,
  segment: WholeSegment,
): Promise<boolean> => {
  try {
    await records.restore(segment);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
};
