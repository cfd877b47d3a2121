import * as v from 'valibot';
import { isJsonObject, type JsonObject } from '../../protocol/bytes/index.ts';
import type { EventSource } from '../../protocol/event/index.ts';
import { SmoError } from '../../protocol/fault/index.ts';
import type { NodeApi } from '../api/index.ts';

/** One method of the control protocol: checks the input that came over the socket, then asks the node. */
export type ControlMethod =
  | { readonly kind: 'call'; readonly run: (api: NodeApi, input: unknown) => Promise<unknown> }
  | { readonly kind: 'stream'; readonly run: (api: NodeApi, input: unknown) => AsyncIterable<unknown> };

type Schema = v.GenericSchema;

const call = <S extends Schema>(
  schema: S,
  run: (api: NodeApi, input: v.InferOutput<S>) => Promise<unknown>,
): ControlMethod => ({ kind: 'call', run: async (api, input) => run(api, checkInput(schema, input)) });

const stream = <S extends Schema>(
  schema: S,
  run: (api: NodeApi, input: v.InferOutput<S>) => AsyncIterable<unknown>,
): ControlMethod => ({ kind: 'stream', run: (api, input) => run(api, checkInput(schema, input)) });

/** Only the outline of what is asked; what an id, a ticket or a payload may be is the node's to judge. */
const checkInput = <S extends Schema>(schema: S, input: unknown): v.InferOutput<S> => {
  const result = v.safeParse(schema, input);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const where = v.getDotPath(issue);
  throw new SmoError('bad_request', where === null ? issue.message : `${where}: ${issue.message}`);
};

const nothing = v.strictObject({});
const jsonObject = v.custom<JsonObject>(isJsonObject, 'Expected a JSON object');
const eventSource = v.custom<EventSource>(
  (value) => isJsonObject(value) && typeof value.id === 'string',
  'Expected a JSON object with an id',
);
const draft = v.strictObject({
  type: v.string(),
  entityId: v.string(),
  payload: jsonObject,
  actor: v.exactOptional(v.string()),
  source: v.exactOptional(eventSource),
});
const wholeMs = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const role = v.picklist(['admin', 'writer', 'reader', 'replica']);
const importInput = v.variant('kind', [
  v.strictObject({ kind: v.literal('smo-os'), name: v.string(), text: v.string() }),
  v.strictObject({ kind: v.literal('git'), path: v.string() }),
]);

/** Every method of {@link NodeApi}, by name. */
const CONTROL_METHODS: Readonly<Record<keyof NodeApi, ControlMethod>> = {
  status: call(nothing, (api) => api.status()),
  append: call(v.strictObject({ drafts: v.array(draft) }), (api, input) => api.append(input)),
  list: call(nothing, (api) => api.list()),
  show: call(v.strictObject({ entity: v.string() }), (api, input) => api.show(input)),
  history: call(v.strictObject({ entity: v.string(), field: v.exactOptional(v.string()) }), (api, input) =>
    api.history(input),
  ),
  conflicts: call(v.strictObject({ all: v.boolean() }), (api, input) => api.conflicts(input)),
  resolve: call(v.strictObject({ entity: v.string(), field: v.string(), event: v.string() }), (api, input) =>
    api.resolve(input),
  ),
  unrelate: call(v.strictObject({ entity: v.string(), relation: v.string() }), (api, input) =>
    api.unrelate(input),
  ),
  seal: call(nothing, (api) => api.seal()),
  verify: call(nothing, (api) => api.verify()),
  evidence: call(nothing, (api) => api.evidence()),
  importEvidence: call(v.strictObject({ text: v.string() }), (api, input) => api.importEvidence(input)),
  doctor: call(v.strictObject({ repair: v.boolean() }), (api, input) => api.doctor(input)),
  invite: call(v.strictObject({ role, expiresInMs: wholeMs }), (api, input) => api.invite(input)),
  invites: call(nothing, (api) => api.invites()),
  cancelInvite: call(v.strictObject({ invite: v.string() }), (api, input) => api.cancelInvite(input)),
  devices: call(nothing, (api) => api.devices()),
  renameDevice: call(v.strictObject({ device: v.string(), name: v.string() }), (api, input) =>
    api.renameDevice(input),
  ),
  changeRole: call(v.strictObject({ device: v.string(), role }), (api, input) => api.changeRole(input)),
  revokeDevice: call(
    v.strictObject({
      device: v.string(),
      reason: v.exactOptional(v.string()),
      before: v.exactOptional(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
    }),
    (api, input) => api.revokeDevice(input),
  ),
  network: call(v.strictObject({ enabled: v.boolean() }), (api, input) => api.network(input)),
  import: call(importInput, (api, input) => api.import(input)),
  log: stream(
    v.strictObject({
      follow: v.boolean(),
      last: v.exactOptional(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
    }),
    (api, input) => api.log(input),
  ),
  export: stream(v.strictObject({ format: v.picklist(['jsonl', 'smo-os']) }), (api, input) =>
    api.export(input),
  ),
};

/** The method of that name, or undefined; `toString` and the like are no methods. */
export const findControlMethod = (name: string): ControlMethod | undefined =>
  Object.hasOwn(CONTROL_METHODS, name) ? CONTROL_METHODS[name as keyof NodeApi] : undefined;
