/** Takes a write back. Whatever was written after it has been taken back before. */
export type Undo = () => void;

/** Takes writes back, the newest first. */
export const undoAll = (undos: readonly Undo[]): void => {
  for (let i = undos.length - 1; i >= 0; i -= 1) undos[i]?.();
};
