import type { Keeps } from './local-input.ts';

/** One thing that happens in an explored world. */
export type Action =
  | { readonly type: 'write' | 'commit' | 'start'; readonly device: number }
  /** One of two devices learns that they have a session; the other one learns it by itself. */
  | { readonly type: 'connect'; readonly from: number; readonly to: number }
  | { readonly type: 'deliver'; readonly from: number; readonly to: number }
  | { readonly type: 'tick'; readonly device: number; readonly atMs: number }
  /** Faults. */
  | { readonly type: 'crash'; readonly device: number; readonly keeps: Keeps }
  | { readonly type: 'drop'; readonly a: number; readonly b: number }
  | { readonly type: 'duplicate'; readonly from: number; readonly to: number }
  | { readonly type: 'part'; readonly device: number }
  | { readonly type: 'heal' };

/** Whether it is something that goes wrong, and so need not happen. */
export const isFault = ({ type }: Action): boolean =>
  type === 'crash' || type === 'drop' || type === 'duplicate' || type === 'part';

const KEPT: Readonly<Record<Keeps, string>> = {
  all: 'its disk keeps everything',
  records: 'its disk keeps the records, and loses the newest rows of the state',
  safe: 'its disk loses all that was not synced',
};

/** What happens, for people. */
export const actionText = (action: Action): string => {
  switch (action.type) {
    case 'write':
      return `device ${action.device} writes`;
    case 'commit':
      return `the commit of device ${action.device} is done`;
    case 'start':
      return `device ${action.device} starts`;
    case 'connect':
      return `device ${action.to} connects with device ${action.from}`;
    case 'deliver':
      return `device ${action.to} gets a frame of device ${action.from}`;
    case 'tick':
      return `the timer of device ${action.device} runs out`;
    case 'crash':
      return `device ${action.device} loses its power, and ${KEPT[action.keeps]}`;
    case 'drop':
      return `the session of devices ${action.a} and ${action.b} breaks`;
    case 'duplicate':
      return `device ${action.to} gets a frame of device ${action.from}, which will come once more`;
    case 'part':
      return `device ${action.device} is cut off`;
    case 'heal':
      return 'nobody is cut off any more';
  }
};
