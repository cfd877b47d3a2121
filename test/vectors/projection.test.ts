import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../protocol/bytes/index.ts';
import type { PlacedEvent } from '../../protocol/event/index.ts';
import { digestOfView, foldNaively, inOrder, type StateView } from '../../simulations/oracle/index.ts';
import { type AuthoredEvent, AuthoredHistory, type LogName, ORIGINS } from '../support/authored-history.ts';
import { readVectors, type Vector } from '../support/read-vectors.ts';
import { Replica } from '../support/replica.ts';

interface ProjectionVectors {
  readonly origins: Partial<Readonly<Record<LogName, string>>>;
  readonly histories: readonly (Vector & {
    readonly events: readonly (AuthoredEvent & { readonly name: string; readonly id: string })[];
    readonly expected: Partial<NamedView>;
    readonly digest: string;
  })[];
}

/** A view as vectors write it: events by name, values of heads and payloads left to the events. */
type NamedView = Readonly<Record<Exclude<keyof StateView, 'writes' | 'entities'>, readonly JsonObject[]>>;

const { origins, histories } = readVectors<ProjectionVectors>('projection');

test('the named logs are the origins that the vectors state', () => {
  expect(ORIGINS).toMatchObject(origins);
});

describe.each(histories)('$comment', ({ events: stated, expected, digest }) => {
  const { events, named } = author(stated);

  test('ids', () => {
    expect(events.map(({ id }) => id)).toEqual(stated.map(({ id }) => id));
  });

  test.each([
    ['in the order of the vector', events],
    ['in the contrary order', events.toReversed()],
  ])('the projected state and its digest, events received %s', (_, order) => {
    const replica = new Replica();
    for (const event of order) replica.receive(event);
    expect(named(replica.view())).toEqual(inFull(expected));
    expect(replica.digest.toHex()).toBe(digest);
  });

  test('the same by the naive fold', () => {
    const view = foldNaively(events);
    expect(named(view)).toEqual(inFull(expected));
    expect(digestOfView(view)).toBe(digest);
  });
});

/** Authors a vector's events; `chosenEventId` names an event, or is no event's id at all. */
function author(stated: ProjectionVectors['histories'][number]['events']) {
  const history = new AuthoredHistory();
  const byName = new Map<unknown, PlacedEvent>();
  for (const { name, id: _, ...event } of stated) {
    const chosen = byName.get(event.payload?.chosenEventId);
    const payload = { ...event.payload, ...(chosen && { chosenEventId: chosen.id }) };
    byName.set(name, history.append({ ...event, payload }));
  }
  const nameOf = (id: string): string => [...byName].find(([, event]) => event.id === id)?.[0] as string;
  return { events: history.events, named: (view: StateView) => nameEvents(view, nameOf) };
}

const nameEvents = (view: StateView, nameOf: (id: string) => string): NamedView => ({
  registers: inOrder(
    view.registers.map((register) => ({ ...register, heads: register.heads.map(({ id }) => nameOf(id)) })),
  ),
  openConflicts: inOrder(
    view.openConflicts.map((conflict) => ({
      ...conflict,
      candidates: conflict.candidates.map(nameOf),
      winner: nameOf(conflict.winner),
    })),
  ),
  closedConflicts: inOrder(
    view.closedConflicts.map(({ chosen, ...conflict }) => ({
      ...conflict,
      candidates: conflict.candidates.map(nameOf),
      closedBy: nameOf(conflict.closedBy),
      ...(chosen !== undefined && { chosen: nameOf(chosen) }),
    })),
  ),
  invalidResolutions: inOrder(view.invalidResolutions.map((each) => ({ ...each, id: nameOf(each.id) }))),
  relations: inOrder(
    view.relations.map((each) => ({ ...each, additions: each.additions.map(({ id }) => nameOf(id)) })),
  ),
  metrics: view.metrics.map(({ entityId, id }) => ({ entityId, id: nameOf(id) })),
});

/** What a vector leaves out is empty; only metrics have an order of their own. */
const inFull = (expected: Partial<NamedView>): NamedView => ({
  registers: inOrder(expected.registers ?? []),
  openConflicts: inOrder(expected.openConflicts ?? []),
  closedConflicts: inOrder(expected.closedConflicts ?? []),
  invalidResolutions: inOrder(expected.invalidResolutions ?? []),
  relations: inOrder(expected.relations ?? []),
  metrics: expected.metrics ?? [],
});
