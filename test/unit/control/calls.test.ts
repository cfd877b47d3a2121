import { beforeEach, describe, expect, test } from 'vitest';
import { SmoError } from '../../../protocol/fault/index.ts';
import { ControlRig, failure } from './control-rig.ts';
import { STATUS } from './fake-node.ts';

let rig: ControlRig;

beforeEach(() => {
  rig = new ControlRig();
});

describe('calls', () => {
  test('every method reaches the node with its input and brings back its result', async () => {
    const asked: Record<string, unknown> = {};
    const record = (method: string) => (input?: unknown) => {
      asked[method] = input;
      return Promise.resolve({ method } as never);
    };
    const inputs = {
      status: undefined,
      append: { drafts: [{ type: 'a/B', entityId: 'e', payload: { ключ: [1, null] }, actor: 'me' }] },
      list: undefined,
      show: { entity: 'e' },
      history: { entity: 'e', field: 'title' },
      conflicts: { all: true },
      resolve: { entity: 'e', field: 'f', event: 'ev1x' },
      unrelate: { entity: 'e', relation: 'r' },
      seal: undefined,
      verify: undefined,
      invite: { role: 'writer', expiresInMs: 900_000 },
      network: { enabled: false },
      import: { kind: 'git', path: '/repo' },
    } as const;
    const names = Object.keys(inputs) as (keyof typeof inputs)[];
    const { client } = await rig.serve(Object.fromEntries(names.map((name) => [name, record(name)])));
    for (const name of names) {
      const call = client[name] as (input: unknown) => Promise<unknown>;
      expect(await call(inputs[name])).toEqual({ method: name });
    }
    expect(asked).toEqual(inputs);
  });

  test('keys that JavaScript treats specially arrive as they were', async () => {
    const payload = JSON.parse('{"__proto__": {"a": 1}, "constructor": 2, "2": 0, "1": 0}');
    let received = '';
    const { client } = await rig.serve({
      append: async ({ drafts }) => {
        received = JSON.stringify(drafts);
        return { events: [] };
      },
    });
    const drafts = [{ type: 'a/B', entityId: 'e', payload }];
    await client.append({ drafts });
    expect(received).toBe(JSON.stringify(drafts));
  });

  test('an error of the node is rebuilt with its code, message and hint', async () => {
    const { client } = await rig.serve({
      show: async () => {
        throw new SmoError('entity_unknown', 'no entity starts with "zz"', 'See smo list.');
      },
    });
    const error = await failure(client.show({ entity: 'zz' }));
    expect({ ...error, message: error.message }).toMatchObject({
      code: 'entity_unknown',
      message: 'no entity starts with "zz"',
      hint: 'See smo list.',
    });
    expect((await rig.post('/v1/show', '{"entity":"zz"}')).status).toBe(422);
  });

  test('a bug in the node is an internal error, and the server lives on', async () => {
    const { client } = await rig.serve({
      list: async () => {
        throw new TypeError('undefined is not a function');
      },
      status: async () => STATUS,
    });
    expect(await failure(client.list())).toMatchObject({ code: 'internal' });
    expect(await client.status()).toEqual(STATUS);
  });

  test('a large result and a large input arrive whole', async () => {
    const text = 'ü\u2028'.repeat(1_000_000);
    const { client } = await rig.serve({
      import: async (input) => ({
        imported: input.kind === 'smo-os' ? input.text.length : 0,
        known: 0,
        late: 0,
        skipped: 0,
        logs: 0,
      }),
      list: async () => ({ entities: { big: { id: 'big', text } } }),
    });
    const imported = await client.import({ kind: 'smo-os', name: 'f', text });
    expect(imported.imported).toBe(text.length);
    expect((await client.list()).entities.big?.text).toBe(text);
  });
});
