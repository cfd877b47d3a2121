import type { EngineEffect } from '../../protocol/engine/index.ts';

/** An effect that answers a request. */
export type RequestAnswer = Extract<EngineEffect, { readonly request: number }>;

interface OpenRequest {
  readonly resolve: (answer: RequestAnswer) => void;
  readonly reject: (error: Error) => void;
}

/** What the application has asked an engine for, and has no answer to yet. */
export class OpenRequests {
  readonly #open = new Map<number, OpenRequest>();
  #last = 0;

  /**
   * Asks under a new number; resolves with the answer.
   * @throws whatever `ask` throws
   */
  add(ask: (request: number) => void): Promise<RequestAnswer> {
    this.#last += 1;
    const request = this.#last;
    return new Promise((resolve, reject) => {
      this.#open.set(request, { resolve, reject });
      try {
        ask(request);
      } catch (error) {
        this.#open.delete(request);
        reject(error);
      }
    });
  }

  answer(answer: RequestAnswer): void {
    this.#open.get(answer.request)?.resolve(answer);
    this.#open.delete(answer.request);
  }

  /** No request is answered any more. */
  fail(error: Error): void {
    for (const { reject } of this.#open.values()) reject(error);
    this.#open.clear();
  }
}
