import type { SyncFrame } from '../../protocol/sync/index.ts';

/** What is left of a frame when whoever sends it keeps all records to itself; undefined for nothing. */
export const withoutRecords = (frame: SyncFrame): SyncFrame | undefined => {
  if (frame.type === 'range') return undefined;
  if (frame.type !== 'frontier') return frame;
  const { brought: _, ...told } = frame;
  return told;
};
