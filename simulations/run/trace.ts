import { bytesToHex } from '@noble/hashes/utils.js';
import type { Crypto } from '../../protocol/crypto/index.ts';
import type { EngineEffect, EngineInput } from '../../protocol/engine/index.ts';

/** Characters that are hashed at a time. */
const CHUNK = 64 * 1024;

/**
 * The hash of everything that was decided in a run, in order: who took which input when, and what followed. Two runs
 * of one plan have the same one; where they differ, something was left to chance that is none of the seed's.
 */
export class Trace {
  readonly #crypto: Crypto;
  readonly #encoder = new TextEncoder();
  #hash = new Uint8Array(32);
  #text = '';
  #steps = 0;

  constructor(crypto: Crypto) {
    this.#crypto = crypto;
  }

  /** How many steps were noted. */
  get steps(): number {
    return this.#steps;
  }

  /** Notes one step of one device. */
  step(nowUs: number, device: number, input: EngineInput, effects: readonly EngineEffect[]): void {
    this.#steps += 1;
    this.note(`${nowUs} ${device} ${inputText(input)}${effects.map(effectText).join('')}`);
  }

  /** Notes anything else. */
  note(line: string): void {
    this.#text += `${line}\n`;
    if (this.#text.length >= CHUNK) this.#flush();
  }

  /** The hash of all that was noted so far, in hexadecimal digits. */
  hash(): string {
    this.#flush();
    return bytesToHex(this.#hash);
  }

  #flush(): void {
    const text = this.#encoder.encode(this.#text);
    const bytes = new Uint8Array(this.#hash.length + text.length);
    bytes.set(this.#hash);
    bytes.set(text, this.#hash.length);
    this.#hash = new Uint8Array(this.#crypto.sha256(bytes));
    this.#text = '';
  }
}

const inputText = (input: EngineInput): string => {
  switch (input.type) {
    case 'frame':
      return `frame ${input.frame.length} of ${input.peer}`;
    case 'gossip':
      return `gossip ${input.message.length} of ${input.peer}`;
    case 'connected':
    case 'disconnected':
      return `${input.type} ${input.peer}`;
    default:
      return input.type;
  }
};

const effectText = (effect: EngineEffect): string => {
  switch (effect.type) {
    case 'send':
      return `; send ${effect.frame.length} to ${effect.peer}`;
    case 'applied':
      return `; applied ${effect.event.id}`;
    case 'set-timer':
      return `; timer ${effect.atMs}`;
    case 'publish':
      return `; publish ${effect.message.length}`;
    default:
      return `; ${effect.type}`;
  }
};
