import { expect, test } from 'vitest';
import { OpenRequests, type RequestAnswer } from '../../../node/host/open-requests.ts';

const sealed = (request: number): RequestAnswer => ({ type: 'sealed', request, manifests: [] });

test('each request has a number of its own, by which it is answered, once', async () => {
  const requests = new OpenRequests();
  const asked: number[] = [];
  const [one, two] = [1, 2].map(() => requests.add((request) => void asked.push(request)));
  const [first = 0, second = 0] = asked;
  expect(first).not.toBe(second);
  for (const request of [second, first, first, 99]) requests.answer(sealed(request));
  expect(await one).toEqual(sealed(first));
  expect(await two).toEqual(sealed(second));
});

test('a request may be answered while it is being asked', async () => {
  const requests = new OpenRequests();
  expect(await requests.add((request) => requests.answer(sealed(request)))).toMatchObject({ type: 'sealed' });
});

test('one that cannot be asked fails by itself; the others fail together', async () => {
  const requests = new OpenRequests();
  const open = requests.add(() => undefined);
  const refused = requests.add(() => {
    throw new Error('malformed');
  });
  await expect(refused).rejects.toThrow('malformed');
  requests.fail(new Error('closed'));
  await expect(open).rejects.toThrow('closed');
});
