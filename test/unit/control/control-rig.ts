import { request } from 'node:http';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { NodeApi } from '../../../node/api/index.ts';
import { type ControlServer, connectControl, createControlServer } from '../../../node/control/index.ts';
import { SmoError } from '../../../protocol/fault/index.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { fakeNode } from './fake-node.ts';

/** What comes back over HTTP. */
interface RawAnswer {
  readonly status: number | undefined;
  readonly type: string | undefined;
  readonly body: string;
}

/** A place for a control socket, for one test. */
export class ControlRig {
  readonly folder = temporaryFolder();
  readonly socketPath = join(this.folder, 'control.sock');

  /** A server of a node of which only the given methods may be called, and a client of it. */
  async serve(methods: Partial<NodeApi>): Promise<{ server: ControlServer; client: NodeApi }> {
    const server = createControlServer(fakeNode(methods), this.socketPath);
    onTestFinished(() => server.stop());
    await server.start();
    const client = await connectControl(this.socketPath);
    if (client === undefined) throw new Error('nobody listens');
    return { server, client };
  }

  /** Posts a raw body, as a stranger would who does not use the client. */
  post(path: string, body: string | Uint8Array, method = 'POST'): Promise<RawAnswer> {
    const { socketPath } = this;
    return new Promise((resolve, reject) => {
      const outgoing = request({ socketPath, path, method, agent: false }, async (response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk);
        resolve({
          status: response.statusCode,
          type: response.headers['content-type'],
          body: Buffer.concat(chunks).toString(),
        });
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }
}

/** The error with which something fails that people are told of. */
export const failure = async (action: Promise<unknown>): Promise<SmoError> => {
  const error = await action.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof SmoError)) throw new Error(`no SmoError: ${String(error)}`);
  return error;
};
