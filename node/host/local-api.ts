import { CORE_TYPE, compareEvents, type EventDraft, type PlacedEvent } from '../../protocol/event/index.ts';
import { SmoError } from '../../protocol/fault/index.ts';
import { isControlType } from '../../protocol/membership/index.ts';
import { rowKey } from '../../protocol/projection/index.ts';
import type {
  Appended,
  ConflictList,
  EntityDetail,
  History,
  Imported,
  ImportInput,
  NodeApi,
  Sealed,
} from '../api/index.ts';
import { closedConflicts, openConflicts } from './conflict-query.ts';
import { appendDrafts, type Device, valueContext } from './device.ts';
import { findEntity, listEntities, showEntity } from './entity-query.ts';
import { eventLog } from './event-log.ts';
import { flaggedViewOf } from './event-view.ts';
import { importEvidence, listEvidence } from './evidence.ts';
import { exportLines } from './export.ts';
import { eventsOn, findHistory, findWrite, writesTo } from './history-query.ts';
import { cancelInvite, listInvites, makeInvite } from './invite.ts';
import type { InviteBook } from './invite-book.ts';
import { changeRole, listDevices, renameDevice, revokeDevice } from './members.ts';
import type { NetworkState } from './network-state.ts';
import { statusOf } from './status.ts';
import { verifyDevice } from './verify.ts';

/** What the API needs of the network. */
export interface NetworkControl {
  state(): NetworkState;
  /** Resolves when it is known where this device can be reached: at once, unless it is just starting. */
  started(): Promise<void>;
  /** The invites of this device, which a running one keeps open. */
  invites(): Promise<InviteBook>;
  enable(enabled: boolean): Promise<void>;
}

/** The API of a device that is open in this process. What asks for the state waits until that is whole. */
export const createLocalApi = (device: Device, network: NetworkControl): NodeApi => {
  const whole =
    <Args extends readonly unknown[], Answer>(query: (...args: Args) => Answer | Promise<Answer>) =>
    async (...args: Args): Promise<Answer> => {
      await device.host.caughtUp();
      return query(...args);
    };
  return {
    status: async () => statusOf(device, network.state()),
    append: async ({ drafts }) => appended(await appendDrafts(device, drafts.map(assertAppendable))),
    list: whole(() => listEntities(device.state)),
    show: whole(({ entity }) => show(device, entity)),
    history: whole(({ entity, field }) => history(device, entity, field)),
    conflicts: whole(({ all }) => conflicts(device, all)),
    resolve: whole((input) => resolve(device, input)),
    unrelate: whole((input) => unrelate(device, input)),
    seal: () => seal(device),
    verify: whole(() => verifyDevice(device)),
    evidence: async () => listEvidence(device),
    importEvidence: ({ text }) => importEvidence(device, text),
    doctor: async (input) => {
      const { doctorDevice } = await import('./doctor/doctor.ts');
      return doctorDevice(device, network.state(), process.env, input);
    },
    // A device that is not up has no addresses: who joins has to find it on the local network once it is.
    invite: whole(async (input) => {
      await network.started();
      return makeInvite(device, await network.invites(), network.state().addresses, input);
    }),
    invites: async () => ({ invites: listInvites(await network.invites(), Date.now()) }),
    cancelInvite: async ({ invite }) => ({ invite: await cancelInvite(await network.invites(), invite) }),
    devices: whole(() => ({ devices: listDevices(device, network.state()) })),
    renameDevice: whole((input) => renameDevice(device, network.state(), input)),
    changeRole: whole((input) => changeRole(device, network.state(), input)),
    revokeDevice: whole((input) => revokeDevice(device, network.state(), input)),
    network: async ({ enabled }) => {
      await network.started();
      await network.enable(enabled);
      return { enabled };
    },
    import: whole((input) => importInput(device, input)),
    log: (input) => eventLog(device, input),
    async *export({ format }) {
      await device.host.caughtUp();
      yield* exportLines(device, format);
    },
  };
};

/** Entities that a draft names are not looked up: an application may write to what it does not hold yet. */
const assertAppendable = (draft: EventDraft): EventDraft => {
  if (isControlType(draft.type)) {
    throw new SmoError('reserved_type', `${draft.type} events are written by the device itself`);
  }
  return draft;
};

const appended = (events: readonly PlacedEvent[]): Appended => ({
  events: events.map(({ id, origin, seq, entityId }) => ({ id, origin, seq, entityId })),
});

const show = async (device: Device, text: string): Promise<EntityDetail> => {
  const id = await findEntity(device.state, text);
  return { entity: await showEntity(device.state, id), conflicts: await openConflicts(device.state, id) };
};

const history = async (device: Device, text: string, field?: string): Promise<History> => {
  const { state, reader, host } = device;
  const entityId = await findHistory(state, text);
  const places = field === undefined ? await eventsOn(state, entityId) : writesTo(state, { entityId, field });
  const events = places.map((place) => reader.event(place)).sort(compareEvents);
  return { entityId, events: events.map((event) => flaggedViewOf(host.engine, event)) };
};

const conflicts = async (device: Device, all: boolean): Promise<ConflictList> => {
  const open = await openConflicts(device.state);
  const closed = all ? await closedConflicts(device.state, valueContext(device)) : [];
  return { conflicts: [...open, ...closed] };
};

const resolve = async (
  device: Device,
  input: { readonly entity: string; readonly field: string; readonly event: string },
): Promise<Appended> => {
  const { state, reader } = device;
  const { field } = input;
  const entityId = await findEntity(state, input.entity);
  const chosenEventId = findWrite(state, reader, { entityId, field }, input.event);
  const draft = { type: CORE_TYPE.conflictResolved, entityId, payload: { field, chosenEventId } };
  return appended(await appendDrafts(device, [draft]));
};

const unrelate = async (
  device: Device,
  input: { readonly entity: string; readonly relation: string },
): Promise<Appended> => {
  const entityId = await findEntity(device.state, input.entity);
  if (device.state.get(rowKey('relation', entityId, input.relation)) === undefined) {
    throw new SmoError(
      'relation_unknown',
      `${entityId} has no relation "${input.relation}"`,
      `Run "smo show ${entityId}" to see its relations.`,
    );
  }
  const draft = { type: CORE_TYPE.relationRemoved, entityId, payload: { id: input.relation } };
  return appended(await appendDrafts(device, [draft]));
};

const seal = async ({ host }: Device): Promise<Sealed> => ({
  segments: (await host.seal()).map(({ origin, segment, events, root }) => ({
    origin,
    segment,
    events,
    root,
  })),
});

/** What imports need is loaded when there is one: most commands should not wait for it. */
const importInput = async (device: Device, input: ImportInput): Promise<Imported> => {
  if (input.kind === 'git') {
    const { importGit } = await import('./import-git.ts');
    return importGit(device, input.path);
  }
  const { importSmoOs } = await import('./import-smo-os.ts');
  return importSmoOs(device, input.name, input.text);
};
