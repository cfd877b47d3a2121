import { type ProtobufField, utf8Decode } from '../bytes/index.ts';

/** Reads the fields of one protobuf message by tag; unknown tags are passed over, wrong types read as absent. */
export class FieldReader {
  readonly #fields: readonly ProtobufField[];

  constructor(fields: readonly ProtobufField[]) {
    this.#fields = fields;
  }

  /** A number; undefined when absent. */
  number(tag: number): number | undefined {
    const field = this.#fields.find((candidate) => candidate.tag === tag);
    return field?.type === 'varint' ? field.value : undefined;
  }

  /** Every value of a repeated field of numbers. */
  numbers(tag: number): readonly number[] {
    return this.#fields.flatMap((field) =>
      field.tag === tag && field.type === 'varint' ? [field.value] : [],
    );
  }

  /** A flag; absent means false. */
  flag(tag: number): boolean {
    return this.number(tag) === 1;
  }

  /** Bytes, of exactly `length` where it is given. */
  bytes(tag: number, length?: number): Uint8Array | undefined {
    const field = this.#fields.find((candidate) => candidate.tag === tag);
    if (field?.type !== 'bytes' || (length !== undefined && field.value.length !== length)) return undefined;
    return field.value;
  }

  /** UTF-8 text. */
  text(tag: number): string | undefined {
    const value = this.bytes(tag);
    return value && utf8Decode(value);
  }

  /** Every value of a repeated field of UTF-8 text; undefined when one is none. */
  texts(tag: number): readonly string[] | undefined {
    const texts = this.list(tag).map(utf8Decode);
    return texts.every((text) => text !== undefined) ? texts : undefined;
  }

  /** Every value of a repeated field of bytes. */
  list(tag: number): readonly Uint8Array[] {
    return this.#fields.flatMap((field) =>
      field.tag === tag && field.type === 'bytes' ? [field.value] : [],
    );
  }
}
