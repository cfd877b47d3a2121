import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type NodeId, type Operation, TOP } from './operation.ts';
import type { Image } from './power-cut.ts';

/** Makes a folder that holds what a disk holds. Nobody but the owner may look into it, as with all homes. */
export const writeImage = (folder: string, image: Image): void => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const [path, bytes] of image) {
    if (bytes === null) mkdirSync(join(folder, path), { mode: 0o700 });
    else writeFileSync(join(folder, path), bytes, { mode: 0o600 });
  }
};

/** Operations that make what a folder holds. */
export const operationsOf = (folder: string): readonly Operation[] => {
  const operations: Operation[] = [];
  let nodes: NodeId = TOP;
  const take = (path: string, parent: NodeId): void => {
    for (const name of readdirSync(path)) {
      const inner = join(path, name);
      const isFolder = statSync(inner).isDirectory();
      nodes += 1;
      const node = nodes;
      operations.push({ type: 'make', folder: parent, name, node, isFolder });
      if (isFolder) take(inner, node);
      else operations.push({ type: 'write', node, offset: 0, bytes: readFileSync(inner) });
    }
  };
  take(folder, TOP);
  return operations;
};
