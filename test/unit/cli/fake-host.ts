import type { ConflictView, EventView, NodeApi, Status } from '../../../node/api/index.ts';
import type { CliHost } from '../../../node/cli/index.ts';
import { SmoError } from '../../../protocol/fault/index.ts';

const DESK = `12D3KooW${'d'.repeat(44)}`;
const PHONE = `12D3KooW${'p'.repeat(44)}`;
const ENTITY = '5f0c2c1e-8a43-4b4e-9c55-0d4a51d0a001';

/** Ids that the fake device speaks of. */
export const IDS = { desk: DESK, phone: PHONE, entity: ENTITY, event: `ev1${'k'.repeat(52)}` } as const;

export const STATUS: Status = {
  space: 'space1',
  spaceName: 'family',
  device: DESK,
  name: 'desk',
  origin: `${DESK}.aaaaaaaa`,
  digest: 'ab'.repeat(32),
  frontier: { [`${DESK}.aaaaaaaa`]: 1200, [`${PHONE}.bbbbbbbb`]: 4 },
  events: 1204,
  excluded: 0,
  entities: 2,
  openConflicts: 1,
  closedConflicts: 2,
  segments: 1,
  retiredLogs: [],
  forkedLogs: [],
  damagedSegments: [],
  copies: { onlyHere: 0, complete: [PHONE] },
  running: true,
  online: true,
  addresses: ['/ip4/127.0.0.1/tcp/4001'],
  peers: [
    {
      device: PHONE,
      name: 'phone',
      role: 'writer',
      connected: true,
      path: '/ip4/127.0.0.1/tcp/5',
      lag: 0,
      strikes: 0,
    },
    {
      device: `12D3KooW${'t'.repeat(44)}`,
      name: 'tablet',
      role: 'admin',
      connected: false,
      path: null,
      lag: 41,
      strikes: 0,
      reason: 'last dial failed: timed out',
    },
    {
      device: `12D3KooW${'u'.repeat(44)}`,
      name: 'tv',
      role: 'writer',
      connected: false,
      path: null,
      lag: null,
      strikes: 0,
    },
  ],
  former: [],
  waiting: [{ origin: `${PHONE}.bbbbbbbb`, seq: 5, waitsFor: { origin: `${DESK}.aaaaaaaa`, seq: 1300 } }],
  traffic: { bytesIn: 2048, bytesOut: 10 },
};

export const eventView = (seq: number, payload: EventView['payload'] = { title: `t${seq}` }): EventView => ({
  id: `ev1${String(seq)
    .padStart(52, 'a')
    .replaceAll(/[0189]/g, 'b')}`,
  origin: `${PHONE}.bbbbbbbb`,
  seq,
  timestamp: 1_700_000_000_000 + seq * 1000,
  seen: {},
  type: 'plos.core/StateUpdated',
  entityId: ENTITY,
  payload,
});

/** A conflict on a field of the entity, as the device shows it. */
export const conflictView = (status: ConflictView['status']): ConflictView => {
  const candidate = (letter: string, value: string) => ({
    value,
    eventId: `ev1${letter.repeat(52)}`,
    origin: `${letter === 'a' ? IDS.desk : IDS.phone}.cccccccc`,
    seq: 1,
    timestamp: 1_700_000_000_000,
  });
  const [a, b] = [candidate('a', 'A'), candidate('b', 'B')];
  const closed = { closedBy: `ev1${'c'.repeat(52)}`, chosenEventId: a.eventId };
  return {
    entityId: 'my inbox',
    field: 'title',
    status,
    candidates: [a, b],
    winner: b,
    ...(status === 'open' ? {} : closed),
  };
};

const unexpected = (method: string) => () => {
  throw new Error(`${method} was not expected`);
};

/** What a fake host was asked, in order. */
export type Asked = (readonly [method: string, ...input: unknown[]])[];

/** A host whose device knows one entity; methods can be replaced. */
export const fakeHost = (
  methods: { readonly api?: Partial<NodeApi>; readonly host?: Partial<CliHost> } = {},
): { readonly host: CliHost; readonly asked: Asked } => {
  const asked: Asked = [];
  const api: NodeApi = {
    status: async () => STATUS,
    append: async ({ drafts }) => {
      asked.push(['append', drafts]);
      const events = drafts.map(({ entityId }, i) => ({
        id: IDS.event,
        origin: STATUS.origin,
        seq: i + 1,
        entityId,
      }));
      return { events };
    },
    history: async ({ entity, field }) => {
      if (!ENTITY.startsWith(entity)) {
        throw new SmoError('entity_unknown', `no entity starts with "${entity}"`, 'See "smo list".');
      }
      asked.push(['history', entity, field]);
      return { entityId: ENTITY, events: [eventView(1), eventView(2)] };
    },
    list: unexpected('list'),
    show: unexpected('show'),
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
    ...methods.api,
  };
  const host: CliHost = {
    open: async (home) => {
      asked.push(['open', home]);
      return {
        api,
        close: async () => {
          asked.push(['close']);
        },
      };
    },
    init: unexpected('init'),
    join: unexpected('join'),
    up: unexpected('up'),
    doctor: unexpected('doctor'),
    lost: unexpected('lost'),
    verifySmoOs: unexpected('verifySmoOs'),
    verifyEvidence: unexpected('verifyEvidence'),
    projectSmoOs: unexpected('projectSmoOs'),
    conformance: unexpected('conformance'),
    demo: unexpected('demo'),
    simulator: unexpected('simulator'),
    simReal: unexpected('simReal'),
    ...methods.host,
  };
  return { host, asked };
};
