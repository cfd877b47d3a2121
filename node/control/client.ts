import type { NodeApi } from '../api/index.ts';
import { isAnswered } from './socket-claim.ts';

/**
 * The node that serves a local socket, or undefined when nobody listens there. Its methods throw the same
 * SmoErrors as the node's own; one that vanishes in between gives `connection_lost`.
 *
 * @throws SmoError `socket_denied` when this user may not connect.
 */
export const connectControl = async (socketPath: string): Promise<NodeApi | undefined> => {
  if (!(await isAnswered(socketPath))) return undefined;
  // HTTP takes longer to load than most commands take to run: only those that meet a running device pay.
  const { ControlRequests } = await import('./request.ts');
  const requests = new ControlRequests(socketPath);
  const call = <Result>(method: keyof NodeApi, input: unknown = {}) =>
    requests.call(method, input) as Promise<Result>;
  const stream = <Item>(method: keyof NodeApi, input: unknown) =>
    requests.stream(method, input) as AsyncIterable<Item>;
  return {
    status: () => call('status'),
    append: (input) => call('append', input),
    list: () => call('list'),
    show: (input) => call('show', input),
    history: (input) => call('history', input),
    conflicts: (input) => call('conflicts', input),
    resolve: (input) => call('resolve', input),
    unrelate: (input) => call('unrelate', input),
    seal: () => call('seal'),
    verify: () => call('verify'),
    evidence: () => call('evidence'),
    importEvidence: (input) => call('importEvidence', input),
    doctor: (input) => call('doctor', input),
    invite: (input) => call('invite', input),
    invites: () => call('invites'),
    cancelInvite: (input) => call('cancelInvite', input),
    devices: () => call('devices'),
    renameDevice: (input) => call('renameDevice', input),
    changeRole: (input) => call('changeRole', input),
    revokeDevice: (input) => call('revokeDevice', input),
    network: (input) => call('network', input),
    import: (input) => call('import', input),
    log: (input) => stream('log', input),
    export: (input) => stream('export', input),
  };
};
