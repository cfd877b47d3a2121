import { execFile } from 'node:child_process';
import type { EventView, NodeApi, Status } from '../../../node/api/index.ts';

export const STATUS: Status = {
  space: 'sp1',
  spaceName: 'home',
  device: '12D3KooWdesk',
  name: 'desk',
  origin: '12D3KooWdesk.aaaaaaaa',
  digest: 'ab'.repeat(32),
  frontier: { '12D3KooWdesk.aaaaaaaa': 3 },
  events: 3,
  entities: 1,
  openConflicts: 0,
  closedConflicts: 0,
  segments: 0,
  retiredLogs: [],
  forkedLogs: [],
  damagedSegments: [],
  excluded: 0,
  former: [],
  copies: { onlyHere: 3, complete: [] },
  running: true,
  online: true,
  addresses: ['/ip4/127.0.0.1/tcp/4001'],
  peers: [],
  waiting: [],
  traffic: { bytesIn: 0, bytesOut: 0 },
};

export const eventView = (seq: number, text = 'x'): EventView => ({
  id: `ev1${seq}`,
  origin: STATUS.origin,
  seq,
  timestamp: 1_700_000_000_000 + seq,
  seen: {},
  type: 'plos.core/StateUpdated',
  entityId: 'note',
  payload: { text },
});

const unexpected = (method: string) => () => {
  throw new Error(`${method} was not expected`);
};

/** A node of which only the given methods may be called. */
export const fakeNode = (methods: Partial<NodeApi>): NodeApi => ({
  status: unexpected('status'),
  append: unexpected('append'),
  list: unexpected('list'),
  show: unexpected('show'),
  history: unexpected('history'),
  conflicts: unexpected('conflicts'),
  resolve: unexpected('resolve'),
  unrelate: unexpected('unrelate'),
  seal: unexpected('seal'),
  verify: unexpected('verify'),
  evidence: unexpected('evidence'),
  importEvidence: unexpected('importEvidence'),
  doctor: unexpected('doctor'),
  invite: unexpected('invite'),
  invites: unexpected('invites'),
  cancelInvite: unexpected('cancelInvite'),
  devices: unexpected('devices'),
  renameDevice: unexpected('renameDevice'),
  changeRole: unexpected('changeRole'),
  revokeDevice: unexpected('revokeDevice'),
  network: unexpected('network'),
  import: unexpected('import'),
  log: unexpected('log'),
  export: unexpected('export'),
  ...methods,
});

/** A stream that gives the items, then waits for ever; tells when its reader has let go of it. */
export const endlessStream = <T>(items: readonly T[]) => {
  const released = Promise.withResolvers<void>();
  let given = 0;
  const stream: AsyncIterable<T> = {
    [Symbol.asyncIterator]: () => ({
      next: async () => {
        const value = items[given];
        given += 1;
        if (value !== undefined) return { done: false, value };
        await released.promise;
        return { done: true, value: undefined };
      },
      return: async () => {
        released.resolve();
        return { done: true, value: undefined };
      },
    }),
  };
  return { stream, released: released.promise, given: () => given };
};

/** Leaves a socket file on which nobody listens, as a process that was killed does. */
export const leaveStaleSocket = (path: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const script = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
    execFile(process.execPath, ['-e', script], (error) => {
      if (error?.signal === 'SIGKILL') resolve();
      else reject(error ?? new Error('the process ended by itself'));
    });
  });
