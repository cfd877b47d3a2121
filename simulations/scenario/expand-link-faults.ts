import type { DrawStream } from '../draws/index.ts';
import type { PlannedLink } from '../plan/index.ts';
import { drawIn, drawSome } from './chance.ts';
import { partingOf } from './partition.ts';
import type { Scenario } from './scenario-schema.ts';
import { type Chance, pickedDevices, type Scene } from './scene.ts';
import type { Span } from './spans.ts';

type LinkFault = Scenario['faults'][number] & {
  readonly kind: 'partition' | 'isolate' | 'one-way' | 'clog' | 'flap' | 'reset' | 'scramble';
};

/** The shortest time that a flapping link stays up or down. */
const TURN_US_MIN = 1_000;

/** One direction of a link. */
interface Direction {
  readonly from: number;
  readonly to: number;
}

/** Puts down what a fault that concerns links does to them. Pairs without a link have nothing to lose. */
export const expandLinkFault = (fault: LinkFault, span: Span, chance: Chance, scene: Scene): void => {
  const { stream } = chance;
  const { links, spans } = scene;
  const lasts = lastsFor(fault, span);
  const block = ({ a, b }: PlannedLink, during = lasts): void => {
    spans.add({ type: 'block', from: a, to: b }, during);
    spans.add({ type: 'block', from: b, to: a }, during);
  };
  switch (fault.kind) {
    case 'partition': {
      const areParted = partingOf(fault, scene.roster, stream);
      for (const link of links) if (areParted(link.a, link.b)) block(link);
      break;
    }
    case 'isolate': {
      const alone = new Set(pickedDevices(fault, stream, scene));
      for (const link of links) if (alone.has(link.a) || alone.has(link.b)) block(link);
      break;
    }
    case 'one-way':
      for (const direction of pickedDirections(fault, stream, scene))
        spans.add({ type: 'block', ...direction }, lasts);
      break;
    case 'clog': {
      const directions =
        fault.ways === 'both'
          ? pickedLinks(fault, stream, scene).flatMap(({ a, b }) => [
              { from: a, to: b },
              { from: b, to: a },
            ])
          : pickedDirections(fault, stream, scene);
      for (const direction of directions) spans.add({ type: 'clog', ...direction }, lasts);
      break;
    }
    case 'flap':
      for (const link of pickedLinks(fault, stream, scene)) {
        const own = chance.partOf(`link ${link.a} ${link.b}`);
        for (const during of turns(fault, lasts, own)) block(link, during);
      }
      break;
    case 'scramble': {
      const scramble = { lostPpm: fault.lostPermille * 1_000, twicePpm: fault.twicePermille * 1_000 };
      for (const { a, b } of pickedLinks(fault, stream, scene)) {
        spans.add({ type: 'scramble', from: a, to: b, ...scramble }, lasts);
        spans.add({ type: 'scramble', from: b, to: a, ...scramble }, lasts);
      }
      break;
    }
    case 'reset':
      for (const { a, b } of pickedLinks(fault, stream, scene))
        scene.faults.push({ atUs: span.fromUs, type: 'reset', a, b });
  }
};

const lastsFor = (fault: LinkFault, span: Span): Span =>
  'permanent' in fault && fault.permanent ? { ...span, toUs: Number.POSITIVE_INFINITY } : span;

/** Times at which a link is down, with times between them at which it is up. */
const turns = (
  { down, up }: LinkFault & { readonly kind: 'flap' },
  { fromUs, toUs }: Span,
  stream: DrawStream,
): readonly Span[] => {
  const spans: Span[] = [];
  for (let atUs = fromUs; atUs < toUs; ) {
    const upUs = atUs + Math.max(TURN_US_MIN, drawIn(stream, down));
    spans.push({ fromUs: atUs, toUs: Math.min(upUs, toUs) });
    atUs = upUs + Math.max(TURN_US_MIN, drawIn(stream, up));
  }
  return spans;
};

type OfLinks = LinkFault & { readonly kind: 'one-way' | 'clog' | 'flap' | 'reset' | 'scramble' };

const pickedLinks = (fault: OfLinks, stream: DrawStream, scene: Scene): readonly PlannedLink[] => {
  const goes = directionsOf(fault, scene);
  return drawSome(
    stream,
    scene.links.filter(({ a, b }) => goes(a, b) || goes(b, a)),
    fault.pick,
  );
};

const pickedDirections = (fault: OfLinks, stream: DrawStream, scene: Scene): readonly Direction[] => {
  const goes = directionsOf(fault, scene);
  const directions = scene.links.flatMap(({ a, b }) => [
    ...(goes(a, b) ? [{ from: a, to: b }] : []),
    ...(goes(b, a) ? [{ from: b, to: a }] : []),
  ]);
  return drawSome(stream, directions, fault.pick);
};

/** Whether a fault means the direction from one device to another; if for good, only to or from such as may be. */
const directionsOf = (
  fault: OfLinks,
  { roster, outside }: Scene,
): ((from: number, to: number) => boolean) => {
  const [sources, targets] = [new Set(roster.select(fault.from)), new Set(roster.select(fault.to))];
  const isPermanent = 'permanent' in fault && fault.permanent;
  return (from, to) =>
    sources.has(from) && targets.has(to) && (!isPermanent || outside.has(from) || outside.has(to));
};
