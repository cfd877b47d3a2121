import type { IncomingMessage, ServerResponse } from 'node:http';
import { SmoError } from '../../protocol/fault/index.ts';
import type { NodeApi } from '../api/index.ts';
import { type ControlMethod, findControlMethod } from './methods.ts';
import { readBody } from './request-body.ts';
import { sendStream } from './stream-response.ts';
import { encodeError, JSON_TYPE, PATH_PREFIX, statusOf } from './wire.ts';

/** Answers one request. Never rejects: a failure is an answer, and a client that is gone needs none. */
export const answer = async (
  api: NodeApi,
  request: IncomingMessage,
  response: ServerResponse,
  stopping: AbortSignal,
): Promise<void> => {
  response.on('error', () => response.destroy());
  try {
    if (stopping.aborted) throw new SmoError('device_stopped', 'the device is stopping');
    const method = methodOf(request);
    const input = await readBody(request);
    if (method.kind === 'stream') await sendStream(response, method.run(api, input), stopping);
    else await sendJson(response, await method.run(api, input));
  } catch (error) {
    const body = encodeError(error);
    // The rest of a body that was refused is not read: the connection ends with the answer.
    response.shouldKeepAlive = false;
    response.statusCode = statusOf(body);
    await sendJson(response, body);
  }
};

const methodOf = (request: IncomingMessage): ControlMethod => {
  const path = request.url ?? '';
  const method = path.startsWith(PATH_PREFIX) ? findControlMethod(path.slice(PATH_PREFIX.length)) : undefined;
  if (method === undefined) {
    throw new SmoError(
      'unknown_method',
      `the running device does not know "${path.slice(0, 100)}"`,
      'It may be of another version: restart it with this one.',
    );
  }
  if (request.method !== 'POST') {
    throw new SmoError('method_not_allowed', `${path} is called with POST, not with ${request.method}`);
  }
  return method;
};

const sendJson = async (response: ServerResponse, value: unknown): Promise<void> => {
  const body = JSON.stringify(value);
  await new Promise<void>((resolve) => {
    if (response.destroyed || response.headersSent) {
      response.destroy();
      resolve();
      return;
    }
    response.setHeader('content-type', JSON_TYPE);
    response.once('close', resolve);
    response.end(body);
  });
};
