import type { EventDraft } from '../../protocol/event/index.ts';
import { mayWrite } from '../../protocol/membership/index.ts';
import type { DrawStream, Draws } from '../draws/index.ts';
import type { Operation } from '../plan/index.ts';
import { apportion, drawIn, drawSome, drawsOf } from './chance.ts';
import { Author, entityDraw, sharedEntity } from './drafts.ts';
import type { Roster } from './roster.ts';
import type { Scenario } from './scenario-schema.ts';
import type { Span } from './spans.ts';

type Workload = Extract<Scenario['workload'], { readonly kind: 'synthetic' }>;
type FixedOperation = Workload['operations'][number];

/** Events of all writers when a scenario says nothing of it. */
const EVENTS_BY_DEFAULT = 100;

/** What people do by the workload, in no order. What one writer does shifts no draw of another. */
export const expandWorkload = (
  workload: Workload,
  roster: Roster,
  chaos: Span,
  draws: Draws,
): readonly Operation[] => {
  const entity = entityDraw(workload);
  const writers = roster
    .select(workload.writers)
    .filter((device) => mayWrite(roster.devices[device]?.role ?? 'reader'));
  const drawn = writers.map((device, i) => {
    const streamOf = (what: string): DrawStream => drawsOf(draws, 'workload', `writer ${device} ${what}`);
    const authorOf = (reason: string): Author => new Author(device, reason, workload, entity);
    const share = (total: number): number => apportion(total, writers.length, i);
    return [
      written(device, workload, share, chaos, authorOf('event'), streamOf('events')),
      bursts(device, workload, chaos, authorOf('burst'), streamOf('bursts')),
      seals(device, share(workload.seals), chaos, streamOf('seals')),
      resolutions(device, share(workload.resolutions), chaos, streamOf('resolutions')),
    ].flat();
  });
  const fixed = workload.operations.map((operation, i) => {
    const stream = drawsOf(draws, 'workload', `operation ${i}`);
    return drawSome(stream, roster.select(operation.devices), operation.pick).flatMap((device) => {
      const author = new Author(device, `operation ${i}`, workload, entity);
      const own = drawsOf(draws, 'workload', `operation ${i} device ${device}`);
      return fixedOperations(operation, chaos.fromUs + operation.at, device, author, workload, own);
    });
  });
  return [...drawn, ...fixed].flat();
};

/** What a writer writes at times of its own. */
const written = (
  device: number,
  { events, perMinute, batch }: Workload,
  share: (total: number) => number,
  chaos: Span,
  author: Author,
  stream: DrawStream,
): readonly Operation[] => {
  const count = perMinute === undefined ? share(events ?? EVENTS_BY_DEFAULT) : Number.POSITIVE_INFINITY;
  const gapUs = perMinute === undefined ? 0 : Math.floor(60_000_000 / perMinute);
  const operations: Operation[] = [];
  let lastUs = chaos.fromUs;
  for (let left = count; left > 0; ) {
    const size = Math.min(drawIn(stream, batch), left);
    const within = { from: chaos.fromUs, to: chaos.toUs - 1 };
    const atUs = perMinute === undefined ? drawIn(stream, within) : lastUs + stream.exponential(gapUs * size);
    if (atUs >= chaos.toUs) break;
    // Time goes on, however small the draw.
    lastUs = atUs + 1;
    left -= size;
    operations.push({ atUs, device, type: 'write', drafts: someDrafts(size, author, stream) });
  }
  return operations;
};

const bursts = (
  device: number,
  workload: Workload,
  chaos: Span,
  author: Author,
  stream: DrawStream,
): readonly Operation[] => {
  if (workload.bursts === undefined) return [];
  const { every, events } = workload.bursts;
  const operations: Operation[] = [];
  for (let atUs = chaos.fromUs + every; atUs < chaos.toUs; atUs += every)
    operations.push({ atUs, device, type: 'write', drafts: someDrafts(events, author, stream) });
  return operations;
};

const someDrafts = (count: number, author: Author, stream: DrawStream): readonly EventDraft[] =>
  Array.from({ length: count }, () => author.draft(stream));

const seals = (device: number, count: number, chaos: Span, stream: DrawStream): readonly Operation[] =>
  drawnTimes(count, chaos, stream).map((atUs) => ({ atUs, device, type: 'seal' }));

const resolutions = (device: number, count: number, chaos: Span, stream: DrawStream): readonly Operation[] =>
  drawnTimes(count, chaos, stream).map((atUs) => ({ atUs, device, type: 'resolve', choice: stream.word() }));

const drawnTimes = (count: number, { fromUs, toUs }: Span, stream: DrawStream): readonly number[] =>
  Array.from({ length: count }, () => drawIn(stream, { from: fromUs, to: toUs - 1 }));

const fixedOperations = (
  operation: FixedOperation,
  atUs: number,
  device: number,
  author: Author,
  { entities, fields }: Workload,
  stream: DrawStream,
): readonly Operation[] => {
  switch (operation.kind) {
    case 'write': {
      const { entity, field, value } = operation;
      return [{ atUs, device, type: 'write', drafts: [author.write(entity, field, value, stream)] }];
    }
    case 'rewrite': {
      const drafts = Array.from({ length: entities }, (_, i) =>
        author.write(sharedEntity(i + 1), `field-${1 + (i % fields)}`, undefined, stream),
      );
      if (operation.together) return [{ atUs, device, type: 'write', drafts }];
      return drafts.map((draft) => ({ atUs, device, type: 'write', drafts: [draft] }));
    }
    case 'event':
      return [
        { atUs, device, type: 'write', drafts: [author.event(operation.type, operation.entity, stream)] },
      ];
    case 'seal':
      return [{ atUs, device, type: 'seal' }];
    case 'resolve':
      return [{ atUs, device, type: 'resolve', choice: stream.word() }];
  }
};
