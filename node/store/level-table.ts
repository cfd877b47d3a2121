import { readVarint, writeVarint } from '../../protocol/bytes/index.ts';
import { crc32c, maskCrc32c, unmaskCrc32c } from './crc32c.ts';
import { snappyDecode } from './snappy.ts';

/** The end of a table: the places of the meta-index and the index, zeros up to 40 bytes, and a magic number. */
const FOOTER_BYTES = 48;
const PLACES_BYTES = 40;
const MAGIC = Uint8Array.of(0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb);

/** After each block: its compression (0 none, 1 Snappy) and the masked CRC-32C of block and compression. */
const TRAILER_BYTES = 5;

interface Place {
  readonly offset: number;
  /** Bytes without the trailer. */
  readonly size: number;
}

/** Where a table is damaged; undefined when every byte of it is as LevelDB wrote it. */
export interface TableDamage {
  readonly offset: number;
  readonly what: string;
}

/**
 * Checks a table of LevelDB (`NNNNNN.ldb`, LevelDB doc/table_format.md) to the last byte: data blocks, filter,
 * meta-index and index follow each other without gaps, each with its checksum; the footer repeats what follows
 * from them.
 *
 * The binding of LevelDB for Node does not look at these checksums. It hands out what it finds, or, where the
 * changed byte was part of a length, ends the process.
 */
export const findTableDamage = (bytes: Uint8Array): TableDamage | undefined => {
  const layout = readLayout(bytes);
  if (!('blocks' in layout)) return layout;
  const { blocks, metaIndex, index } = layout;
  let at = 0;
  for (const block of [...blocks, ...filterBetween(blocks.at(-1), metaIndex), metaIndex]) {
    if (block.offset !== at || !blockFits(bytes, block)) {
      return { offset: at, what: 'a block of rows does not fit its checksum' };
    }
    at += block.size + TRAILER_BYTES;
  }
  return at === index.offset ? undefined : { offset: at, what: 'there is something between its blocks' };
};

/**
 * A table of the same size with the undamaged blocks of rows alone, to stand in the place of a damaged one: the
 * manifest knows a table by number and size. Without its index a table has no blocks that could be found.
 */
export const salvageTable = (bytes: Uint8Array): Uint8Array => {
  const layout = readLayout(bytes);
  const intact = 'blocks' in layout ? layout.blocks.filter((block) => blockFits(bytes, block)) : [];
  for (let count = intact.length; count > 0; count -= 1) {
    const table = assembleTable(bytes, intact.slice(0, count));
    if (table !== undefined) return table;
  }
  return assembleTable(bytes, []) ?? bytes;
};

/** Whether a table has blocks of rows that can be found. */
export const hasRows = (bytes: Uint8Array): boolean => {
  const layout = readLayout(bytes);
  return 'blocks' in layout && layout.blocks.length > 0;
};

/** Where the parts of a table are, as its footer and index say. */
interface Layout {
  readonly metaIndex: Place;
  readonly index: Place;
  readonly blocks: readonly BlockEntry[];
}

/** A block of rows, and the key in the index that none of its keys is beyond. */
interface BlockEntry extends Place {
  readonly key: Uint8Array;
}

const readLayout = (bytes: Uint8Array): Layout | TableDamage => {
  const footerAt = bytes.length - FOOTER_BYTES;
  const footer = footerAt >= 0 ? readFooter(bytes.subarray(footerAt)) : undefined;
  if (
    footer === undefined ||
    !follows(footer.metaIndex, footer.index.offset) ||
    !follows(footer.index, footerAt)
  ) {
    return { offset: Math.max(footerAt, 0), what: 'its footer has changed' };
  }
  const { metaIndex, index } = footer;
  const blocks = blockFits(bytes, index) ? readIndex(blockContent(bytes, index)) : undefined;
  return blocks === undefined
    ? { offset: index.offset, what: 'its index does not fit the checksum' }
    : { metaIndex, index, blocks };
};

/** Undefined when the parts do not fit into the size of the table that they are from. */
const assembleTable = (source: Uint8Array, blocks: readonly BlockEntry[]): Uint8Array | undefined => {
  const out = new Uint8Array(source.length);
  let at = 0;
  const entries = blocks.map(({ offset, size, key }): BlockEntry => {
    out.set(source.subarray(offset, offset + size + TRAILER_BYTES), at);
    const moved = { offset: at, size, key };
    at += size + TRAILER_BYTES;
    return moved;
  });
  const indexBlock = encodeBlock(entries);
  const metaIndexBlock = encodeBlock([]);
  const metaIndexAt = out.length - FOOTER_BYTES - indexBlock.length - metaIndexBlock.length;
  // Where the filter was there is a block that nothing refers to. It fills up the space.
  const spare = metaIndexAt - at;
  if (spare !== 0 && spare < TRAILER_BYTES) return undefined;
  if (spare > 0) out.set(withTrailer(new Uint8Array(spare - TRAILER_BYTES)), at);
  out.set(metaIndexBlock, metaIndexAt);
  out.set(indexBlock, metaIndexAt + metaIndexBlock.length);
  const places: number[] = [];
  for (const place of [
    { offset: metaIndexAt, size: metaIndexBlock.length - TRAILER_BYTES },
    { offset: metaIndexAt + metaIndexBlock.length, size: indexBlock.length - TRAILER_BYTES },
  ]) {
    writePlace(places, place);
  }
  out.set(places, out.length - FOOTER_BYTES);
  out.set(MAGIC, out.length - FOOTER_BYTES + PLACES_BYTES);
  return out;
};

/** An uncompressed index block with its trailer; each key is written in full. */
const encodeBlock = (entries: readonly BlockEntry[]): Uint8Array => {
  const content: number[] = [];
  for (const { key, ...place } of entries) {
    const value: number[] = [];
    writePlace(value, place);
    for (const number of [0, key.length, value.length]) writeVarint(content, number);
    content.push(...key, ...value);
  }
  // One restart point, at the beginning: offset 0, count 1.
  content.push(0, 0, 0, 0, 1, 0, 0, 0);
  return withTrailer(Uint8Array.from(content));
};

const withTrailer = (content: Uint8Array): Uint8Array => {
  const block = new Uint8Array(content.length + TRAILER_BYTES);
  block.set(content);
  const checked = block.subarray(0, content.length + 1);
  new DataView(block.buffer).setUint32(content.length + 1, maskCrc32c(crc32c(checked)), true);
  return block;
};

const writePlace = (out: number[], { offset, size }: Place): void => {
  writeVarint(out, offset);
  writeVarint(out, size);
};

/** The filter lies between the last block of rows and the meta-index. */
const filterBetween = (last: Place | undefined, metaIndex: Place): readonly Place[] => {
  const offset = last === undefined ? 0 : last.offset + last.size + TRAILER_BYTES;
  return offset === metaIndex.offset ? [] : [{ offset, size: metaIndex.offset - offset - TRAILER_BYTES }];
};

const follows = ({ offset, size }: Place, next: number): boolean => offset + size + TRAILER_BYTES === next;

const blockFits = (bytes: Uint8Array, { offset, size }: Place): boolean => {
  const checkedEnd = offset + size + 1;
  if (size < 0 || offset + size + TRAILER_BYTES > bytes.length) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return crc32c(bytes.subarray(offset, checkedEnd)) === unmaskCrc32c(view.getUint32(checkedEnd, true));
};

const blockContent = (bytes: Uint8Array, { offset, size }: Place): Uint8Array | undefined => {
  const stored = bytes.subarray(offset, offset + size);
  return bytes[offset + size] === 0 ? stored : snappyDecode(stored);
};

const readFooter = (footer: Uint8Array): { metaIndex: Place; index: Place } | undefined => {
  const metaIndex = readPlace(footer, 0);
  const index = metaIndex && readPlace(footer, metaIndex.next);
  if (metaIndex === undefined || index === undefined) return undefined;
  const zeros = footer.subarray(index.next, PLACES_BYTES).every((byte) => byte === 0);
  const magic = MAGIC.every((byte, i) => byte === footer[PLACES_BYTES + i]);
  return zeros && magic ? { metaIndex, index } : undefined;
};

/**
 * The places that an index block lists. An entry is varint shared, varint own, varint size, own bytes of the key,
 * and a value of `size` bytes: the place. At the end of the block stand offsets of 4 bytes each and their count.
 */
const readIndex = (block: Uint8Array | undefined): readonly BlockEntry[] | undefined => {
  if (block === undefined || block.length < 4) return undefined;
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  const end = block.length - 4 - view.getUint32(block.length - 4, true) * 4;
  const entries: BlockEntry[] = [];
  let at = 0;
  while (at < end) {
    const shared = readVarint(block, at);
    const own = shared && readVarint(block, shared.next);
    const size = own && readVarint(block, own.next);
    const place = own && size && readPlace(block, size.next + own.value);
    if (!place) return undefined;
    const prefix = entries.at(-1)?.key.subarray(0, shared.value) ?? [];
    const key = Uint8Array.of(...prefix, ...block.subarray(size.next, size.next + own.value));
    entries.push({ offset: place.offset, size: place.size, key });
    at = place.next;
  }
  return at === end ? entries : undefined;
};

const readPlace = (bytes: Uint8Array, at: number): (Place & { readonly next: number }) | undefined => {
  const offset = readVarint(bytes, at);
  const size = offset && readVarint(bytes, offset.next);
  return offset && size && { offset: offset.value, size: size.value, next: size.next };
};
