import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';

/** LevelDB alone, with keys in the order in which they are put: what a store of logs is held against. */
export type PlainLevel = ClassicLevel<Uint8Array, Uint8Array>;

export interface Put {
  readonly type: 'put';
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

export const openPlainLevel = async (folder: string): Promise<PlainLevel> => {
  const level: PlainLevel = new ClassicLevel(join(folder, 'level'), {
    keyEncoding: 'view',
    valueEncoding: 'view',
  });
  await level.open();
  return level;
};

/** What puts the record with this number. */
export const putOf = (seq: number, value: Uint8Array): Put => {
  const key = Buffer.alloc(8);
  key.writeBigUInt64BE(BigInt(seq));
  return { type: 'put', key, value };
};
