/** A file or a folder, whatever it is called. */
export type NodeId = number;

/** The folder that all others are in. */
export const TOP: NodeId = 0;

/** What changes names. */
export type Naming =
  | {
      readonly type: 'make';
      readonly folder: NodeId;
      readonly name: string;
      readonly node: NodeId;
      readonly isFolder: boolean;
    }
  | {
      /** `move`: the old name goes; `link`: it stays. */
      readonly type: 'move' | 'link';
      readonly folder: NodeId;
      readonly name: string;
      readonly toFolder: NodeId;
      readonly toName: string;
    }
  | { readonly type: 'remove'; readonly folder: NodeId; readonly name: string };

/** What changes the bytes of a file. */
export type Change =
  | { readonly type: 'write'; readonly node: NodeId; readonly offset: number; readonly bytes: Uint8Array }
  | { readonly type: 'truncate'; readonly node: NodeId; readonly length: number };

/** What a process does to files, and what it says meanwhile. */
export type Operation =
  | Naming
  | Change
  /** All names, and the bytes of this file, are on the disk as they were after the first so many operations. */
  | { readonly type: 'sync'; readonly node: NodeId; readonly covers: number }
  | { readonly type: 'say'; readonly text: string };

/** Whether an operation changes names. */
export const isNaming = (operation: Operation): operation is Naming => 'folder' in operation;

/** Whether an operation changes the bytes of a file; of this one, where one is named. */
export const isChange = (operation: Operation, node?: NodeId): operation is Change =>
  (operation.type === 'write' || operation.type === 'truncate') &&
  (node === undefined || operation.node === node);
