/** What a device keeps of the newest writes that were not safe when its power went off. */
export const KEEPS = ['all', 'records', 'safe'] as const;

export type Keeps = (typeof KEEPS)[number];

/** What can happen to one device. What it reads is read at once. */
export type LocalInput =
  | { readonly type: 'write' }
  | { readonly type: 'connected' | 'disconnected'; readonly peer: number }
  /** A frame, by its number among all that there are. */
  | { readonly type: 'frame'; readonly peer: number; readonly frame: number }
  /** The commit under way is on the disk. */
  | { readonly type: 'committed' }
  /** `all` keeps the commit under way too, `records` loses the rows of the state, `safe` all that was not synced. */
  | { readonly type: 'crash'; readonly keeps: Keeps }
  | { readonly type: 'start' }
  /** The timer runs out; the device's clock shows that time from then on. */
  | { readonly type: 'tick'; readonly atMs: number };

/** Inputs with the same text are the same. */
export const textOf = (input: LocalInput): string => {
  switch (input.type) {
    case 'connected':
    case 'disconnected':
      return `${input.type} ${input.peer}`;
    case 'frame':
      return `frame ${input.peer} ${input.frame}`;
    case 'crash':
      return `crash ${input.keeps}`;
    case 'tick':
      return `tick ${input.atMs}`;
    default:
      return input.type;
  }
};
