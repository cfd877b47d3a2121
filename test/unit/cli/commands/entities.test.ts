import { describe, expect, test } from 'vitest';
import { fakeHost, IDS } from '../fake-host.ts';
import { run } from '../run.ts';

describe('create and update', () => {
  const draftOf = async (argv: readonly string[]) => {
    const { host, asked } = fakeHost();
    const outcome = await run(host, argv);
    const append = asked.find(([method]) => method === 'append');
    return { ...outcome, drafts: append?.[1] };
  };

  test('create prints the id; values are JSON or strings', async () => {
    const created = await draftOf([
      'create',
      'Buy milk',
      'done=false',
      'n=1.5',
      'tags=["a"]',
      'text=a=b',
      'empty=',
      'v=-x',
      'z=null',
    ]);
    expect(created).toMatchObject({ code: 0, stdout: '00000000-0000-4000-8000-000000000001\n' });
    expect(created.drafts).toEqual([
      {
        type: 'plos.core/EntityCreated',
        entityId: '00000000-0000-4000-8000-000000000001',
        payload: {
          name: 'Buy milk',
          done: false,
          n: 1.5,
          tags: ['a'],
          text: 'a=b',
          empty: '',
          v: '-x',
          z: null,
        },
      },
    ]);
  });

  test('create --id and --json', async () => {
    const created = await draftOf(['create', 'Inbox', '--id', 'inbox', '--json']);
    expect(JSON.parse(created.stdout).events[0].entityId).toBe('inbox');
  });

  test('a name that looks like JSON stays a name, and __proto__ is a field', async () => {
    const created = await draftOf(['create', '42', '__proto__=1']);
    expect(JSON.stringify(created.drafts)).toContain('"payload":{"name":"42","__proto__":1}');
  });

  test('update finds the entity by a prefix', async () => {
    const updated = await draftOf(['update', '5f0c', 'done=true']);
    expect(updated.code).toBe(0);
    expect(updated.drafts).toEqual([
      { type: 'plos.core/StateUpdated', entityId: IDS.entity, payload: { done: true } },
    ]);
  });

  test('an unknown entity is not made by updating it', async () => {
    const updated = await draftOf(['update', 'nope', 'done=true', '--json']);
    expect(updated.code).toBe(1);
    expect(JSON.parse(updated.stdout).error.code).toBe('entity_unknown');
    expect(updated.drafts).toBeUndefined();
  });

  test.each([
    [['create', 'x', 'word'], 'no field=value'],
    [['create', 'x', '=1'], 'lacks the name'],
    [['create', 'x', 'a=1', 'a=2'], 'given twice'],
    [['create', 'x', 'name=y'], 'given twice'],
    [['create', 'x', '--id', ''], 'empty'],
    [['update', '5f0c', 'word'], 'no field=value'],
    [['update', '5f0c'], 'fields'],
  ])('%j is a mistake in use', async (argv, what) => {
    const outcome = await draftOf(argv);
    expect(outcome.code).toBe(2);
    expect(outcome.stderr).toContain(what);
    expect(outcome.drafts).toBeUndefined();
  });
});
