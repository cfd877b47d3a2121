import type { ClientRequest, IncomingMessage } from 'node:http';
import { SmoError } from '../../protocol/fault/index.ts';
import type { NodeApi } from '../api/index.ts';
import { Agent, request } from './http.ts';
import { readLines } from './read-lines.ts';
import { BODY_BYTES_MAX, requestTooLarge } from './request-body.ts';
import { decodeError, JSON_TYPE, PATH_PREFIX } from './wire.ts';

/**
 * Calls methods over one local socket. Connections are kept for the next call, and do not keep the process running;
 * they end when the server does.
 */
export class ControlRequests {
  readonly #socketPath: string;
  readonly #agent = new Agent({ keepAlive: true });

  constructor(socketPath: string) {
    this.#socketPath = socketPath;
  }

  /** Calls a method that gives one result. */
  async call(method: keyof NodeApi, input: unknown): Promise<unknown> {
    const exchange = this.#open(method, input);
    try {
      // Read to its end: the connection is free for the next call then.
      return await readResult(await exchange.response);
    } catch (error) {
      exchange.request.destroy();
      throw asSmoError(error);
    }
  }

  /** Calls a method that gives a stream. The request leaves with the first `next()`; `return()` ends it at once. */
  stream(method: keyof NodeApi, input: unknown): AsyncIterable<unknown> {
    return { [Symbol.asyncIterator]: () => this.#iterate(method, input) };
  }

  #iterate(method: keyof NodeApi, input: unknown): AsyncIterator<unknown, void> {
    let exchange: Exchange | undefined;
    let cancelled = false;
    const open = () => this.#open(method, input);
    const items = async function* (): AsyncGenerator<unknown, void> {
      if (cancelled) return;
      exchange = open();
      try {
        yield* readItems(await exchange.response);
      } catch (error) {
        if (!cancelled) throw asSmoError(error);
      } finally {
        exchange.request.destroy();
      }
    };
    const generator = items();
    return {
      next: () => generator.next(),
      // A generator takes return() only between two items; ending the request ends the wait for the next one.
      return: () => {
        cancelled = true;
        exchange?.request.destroy();
        return generator.return();
      },
    };
  }

  #open(method: keyof NodeApi, input: unknown): Exchange {
    const body = encodeBody(input);
    const outgoing = request({
      socketPath: this.#socketPath,
      path: PATH_PREFIX + method,
      method: 'POST',
      agent: this.#agent,
      headers: { 'content-type': JSON_TYPE, 'content-length': body.length },
    });
    const response = new Promise<IncomingMessage>((resolve, reject) => {
      outgoing.once('response', resolve);
      // Stays after the response has come: an error that follows shows on the response, and must not throw here.
      outgoing.on('error', reject);
      outgoing.once('close', () => reject(connectionLost()));
    });
    outgoing.end(body);
    return { request: outgoing, response };
  }
}

interface Exchange {
  readonly request: ClientRequest;
  readonly response: Promise<IncomingMessage>;
}

const encodeBody = (input: unknown): Uint8Array => {
  let text: string;
  try {
    text = JSON.stringify(input);
  } catch (error) {
    // V8 refuses to build a string past its longest.
    if (error instanceof RangeError) throw requestTooLarge();
    throw error;
  }
  const body = Buffer.from(text);
  if (body.length > BODY_BYTES_MAX) throw requestTooLarge();
  return body;
};

const readResult = async (response: IncomingMessage): Promise<unknown> => {
  const value = await readJson(response);
  if (response.statusCode !== 200) throw decodeError(value) ?? notUnderstood();
  return value;
};

const readItems = async function* (response: IncomingMessage): AsyncGenerator<unknown, void> {
  if (response.statusCode !== 200) throw decodeError(await readJson(response)) ?? notUnderstood();
  for await (const line of readLines(response)) {
    const item: unknown = JSON.parse(line);
    const error = decodeError(item);
    if (error !== undefined) throw error;
    yield item;
  }
};

const readJson = async (response: IncomingMessage): Promise<unknown> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of response as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
};

const asSmoError = (error: unknown): unknown => {
  if (error instanceof SmoError) return error;
  if (error instanceof SyntaxError) return notUnderstood();
  return error instanceof Error && 'code' in error ? connectionLost() : error;
};

const connectionLost = (): SmoError =>
  new SmoError(
    'connection_lost',
    'the running device ended the connection before it had answered',
    'See whether it still runs, and look before you repeat a change: it may have been made.',
  );

const notUnderstood = (): SmoError =>
  new SmoError(
    'bad_answer',
    'the running device gave an answer that cannot be read',
    'It may be of another version: restart it with this one.',
  );
