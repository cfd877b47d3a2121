import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import { FRAME_BYTES_MAX, FrameDecoder, encodeFrame as frameOf } from '../../transports/frame.ts';
import { Mutator } from '../support/fuzz/mutator.ts';
import { SUBJECTS, type Subject } from '../support/fuzz/subjects.ts';

/** Bad inputs of all subjects together. */
const INPUTS = 1_000_000;

/** Of another run that failed, as its message says; else a new one each time. */
const SEED = Number(process.env.SMO_FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 32));

const failure = (input: number, bytes: Uint8Array, what: string, cause?: unknown): Error =>
  new Error(`SMO_FUZZ_SEED=${SEED}, input ${input}: ${what}: ${Buffer.from(bytes).toString('hex')}`, {
    cause,
  });

/** Gives a decoder one input; gives whether it took it. */
const probe = ({ decode, encode }: Subject, bytes: Uint8Array, input: number): boolean => {
  let step = 'decoding throws';
  try {
    const value = decode(bytes);
    if (value === undefined) return false;
    step = 'what was decoded cannot be encoded and decoded again';
    if (isDeepStrictEqual(decode(encode(value as never)), value)) return true;
  } catch (error) {
    throw failure(input, bytes, step, error);
  }
  throw failure(input, bytes, 'what was decoded says something else when it is encoded and decoded again');
};

/** Gives a decoder so many bad inputs; gives how many it took. */
const fuzz = (subject: Subject, inputs: number): number => {
  const mutator = new Mutator(SEED);
  let taken = 0;
  for (let input = 1; input <= inputs; input += 1) {
    const bytes = mutator.mutate(mutator.pick(subject.good), subject.good);
    if (probe(subject, bytes, input)) taken += 1;
  }
  return taken;
};

describe('a million bad inputs', () => {
  test.each(SUBJECTS)('never break the decoder of a $name', { timeout: 120_000 }, (subject) => {
    for (const [index, good] of subject.good.entries()) expect(probe(subject, good, -index)).toBe(true);
    const inputs = (INPUTS * subject.share) / 1_000;
    const taken = fuzz(subject, inputs);
    // Both ways through the decoder were taken, or the inputs prove nothing.
    expect(taken).toBeGreaterThan(0);
    expect(taken).toBeLessThan(inputs);
  });

  test('are a million', () => {
    expect(SUBJECTS.reduce((sum, { share }) => sum + share, 0)).toBe(1_000);
  });
});

describe('bad inputs find', () => {
  const broken = (parts: Partial<Subject>): Subject => {
    const [frames] = SUBJECTS;
    if (frames === undefined) throw new RangeError('there are no subjects');
    return { ...frames, ...parts };
  };

  test('a decoder that reads past the end', () => {
    const decode = (bytes: Uint8Array): undefined => {
      if ((bytes[1] ?? 0) >= bytes.length) throw new RangeError('offset is out of bounds');
    };
    expect(() => fuzz(broken({ decode }), 100_000)).toThrow(
      new RegExp(`^SMO_FUZZ_SEED=${SEED}, input [0-9]+: decoding throws: [0-9a-f]*$`),
    );
  });

  test('a value that does not survive the way out and in', () => {
    const decode = (bytes: Uint8Array) => ({ last: bytes.at(-1) });
    const encode = (): Uint8Array => Uint8Array.of(1);
    expect(() => fuzz(broken({ decode, encode }), 100_000)).toThrow('says something else');
  });
});

test('a stream of bad frames is cut into frames that are not too long, or ended', {
  timeout: 120_000,
}, () => {
  const mutator = new Mutator(SEED);
  const good = SUBJECTS.flatMap((subject) => subject.good).map((bytes) => frameOf(bytes));
  for (let input = 1; input <= 20_000; input += 1) {
    const stream = mutator.mutate(Buffer.concat([1, 2, 3].map(() => mutator.pick(good))), good);
    const decoder = new FrameDecoder();
    let taken = 0;
    for (let at = 0; at < stream.length; ) {
      const size = 1 + mutator.below(200);
      const { frames, fault } = decoder.push(stream.subarray(at, at + size));
      at += size;
      for (const { length } of frames) {
        if (length > FRAME_BYTES_MAX) throw failure(input, stream, `a frame of ${length} bytes`);
        taken += length;
      }
      if (fault !== undefined && decoder.push(stream).fault === undefined)
        throw failure(input, stream, 'the stream goes on after a fault');
      if (fault !== undefined) break;
    }
    if (taken > stream.length) throw failure(input, stream, 'more bytes come out than went in');
  }
});
