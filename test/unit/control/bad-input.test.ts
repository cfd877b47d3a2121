import { request } from 'node:http';
import { beforeEach, describe, expect, test } from 'vitest';
import { ControlRig } from './control-rig.ts';

let rig: ControlRig;

beforeEach(() => {
  rig = new ControlRig();
});

describe('bad input', () => {
  const cases: readonly (readonly [name: string, path: string, body: string, message: RegExp])[] = [
    ['no JSON', '/v1/show', '{', /not JSON/],
    ['a member that lacks', '/v1/show', '{}', /entity/],
    ['a member of another type', '/v1/conflicts', '{"all":1}', /^all: /],
    ['a member too many', '/v1/seal', '{"force":true}', /force/],
    ['no object', '/v1/status', '[]', /JSON object/],
    [
      'a payload that is no object',
      '/v1/append',
      '{"drafts":[{"type":"a/B","entityId":"e","payload":[]}]}',
      /^drafts\.0\.payload: /,
    ],
    [
      'a source without id',
      '/v1/append',
      '{"drafts":[{"type":"a/B","entityId":"e","payload":{},"source":{}}]}',
      /^drafts\.0\.source: /,
    ],
    ['an unknown role', '/v1/invite', '{"role":"king","expiresInMs":1}', /^role: /],
    [
      'an expiry that is no whole number',
      '/v1/invite',
      '{"role":"writer","expiresInMs":1.5}',
      /^expiresInMs: /,
    ],
    ['a negative count', '/v1/log', '{"follow":false,"last":-1}', /^last: /],
    ['an unknown kind of import', '/v1/import', '{"kind":"tar","path":"x"}', /^kind: /],
  ];
  test.each(cases)('%s is refused before the node is asked', async (_name, path, body, message) => {
    await rig.serve({});
    const answer = await rig.post(path, body);
    expect(answer.status).toBe(400);
    expect(answer.type).toBe('application/json');
    const { error } = JSON.parse(answer.body);
    expect(error.code).toBe('bad_request');
    expect(error.message).toMatch(message);
  });

  test('bytes that are not UTF-8 are refused', async () => {
    await rig.serve({});
    expect((await rig.post('/v1/show', Buffer.from([0x22, 0xff, 0x22]))).body).toContain('UTF-8');
  });

  test('an unknown method, an inherited name and another verb are refused', async () => {
    await rig.serve({});
    expect(await rig.post('/v1/explode', '{}')).toMatchObject({ status: 404 });
    expect(await rig.post('/v1/toString', '{}')).toMatchObject({ status: 404 });
    expect(await rig.post('/', '{}')).toMatchObject({ status: 404 });
    expect(await rig.post('/v1/status', '', 'GET')).toMatchObject({ status: 405 });
  });

  test('a body that announces more than the limit is refused unread', async () => {
    await rig.serve({});
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const outgoing = request({
        socketPath: rig.socketPath,
        path: '/v1/import',
        method: 'POST',
        agent: false,
        headers: { 'content-length': 2 ** 30 },
      });
      outgoing.on('response', (response) => {
        response.resume();
        resolve(response.statusCode);
        outgoing.destroy();
      });
      outgoing.on('error', reject);
      outgoing.flushHeaders();
    });
    expect(status).toBe(413);
  });
});
