import type { JsonValue } from '../../protocol/bytes/index.ts';
import { CORE_TYPE, type EventDraft } from '../../protocol/event/index.ts';
import type { DrawStream } from '../draws/index.ts';
import { drawIn } from './chance.ts';
import type { Scenario } from './scenario-schema.ts';

type Workload = Extract<Scenario['workload'], { readonly kind: 'synthetic' }>;

/** Relations that an entity can have, by id: few, so that additions and removals meet. */
const RELATIONS = 4;

/** The first entity of the shared ones is written to this often, in the integers of a table; the k-th a k-th of it. */
const ZIPF_UNIT = 1 << 20;

/** A type that no device knows: it is carried, and changes nothing. */
const UNKNOWN_TYPE = 'sim.future/Noticed';

/** Number of an entity, from 1, by the weights of a workload. */
export type DrawEntity = (stream: DrawStream) => number;

export const entityDraw = ({ keys, entities }: Workload): DrawEntity => {
  if (keys === 'uniform') return (stream) => 1 + stream.below(entities);
  const sums = new Float64Array(entities);
  let sum = 0;
  for (let i = 0; i < entities; i += 1) {
    sum += Math.max(1, Math.floor(ZIPF_UNIT / (i + 1)));
    sums[i] = sum;
  }
  return (stream) => 1 + firstAbove(sums, stream.below(sum));
};

/** Index of the first sum that is larger, by halving. */
const firstAbove = (sums: Float64Array, value: number): number => {
  let [low, high] = [0, sums.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sums[middle] ?? 0) > value) high = middle;
    else low = middle + 1;
  }
  return low;
};

/** What one device writes for one reason; every text that it makes up is another one. */
export class Author {
  readonly #device: number;
  readonly #reason: string;
  readonly #workload: Workload;
  readonly #entity: DrawEntity;
  #texts = 0;

  /** @param reason another one for each author of a device, so that no two make up the same text */
  constructor(device: number, reason: string, workload: Workload, entity: DrawEntity) {
    this.#device = device;
    this.#reason = reason;
    this.#workload = workload;
    this.#entity = entity;
  }

  /** An event by the weights of the workload. */
  draft(stream: DrawStream): EventDraft {
    const { mix, sharedPercent } = this.#workload;
    const isShared = stream.chance(sharedPercent * 10_000);
    const number = this.#entity(stream);
    const entityId = isShared ? sharedEntity(number) : `own-${this.#device}-${number}`;
    const { updates, creations, relations, metrics, unknown } = mix;
    let drawn = stream.below(updates + creations + relations + metrics + unknown);
    if (drawn < updates) return this.#set(CORE_TYPE.stateUpdated, entityId, stream);
    drawn -= updates;
    if (drawn < creations) return this.#set(CORE_TYPE.entityCreated, entityId, stream);
    drawn -= creations;
    if (drawn < relations) return this.#relate(entityId, stream);
    if (drawn - relations < metrics)
      return {
        type: CORE_TYPE.metricRecorded,
        entityId,
        payload: { name: 'size', value: stream.below(1_000) },
      };
    return this.event(UNKNOWN_TYPE, entityId, stream);
  }

  /** An event that writes one field; without a value, a text of its own. */
  write(entityId: string, field: string, value: JsonValue | undefined, stream: DrawStream): EventDraft {
    const payload = { [field]: value === undefined ? this.#text(stream) : value };
    return { type: CORE_TYPE.stateUpdated, entityId, payload };
  }

  event(type: string, entityId: string, stream: DrawStream): EventDraft {
    return { type, entityId, payload: { text: this.#text(stream) } };
  }

  #set(type: string, entityId: string, stream: DrawStream): EventDraft {
    const field = `field-${1 + stream.below(this.#workload.fields)}`;
    return { type, entityId, payload: { [field]: this.#text(stream) } };
  }

  #relate(entityId: string, stream: DrawStream): EventDraft {
    const id = `relation-${1 + stream.below(RELATIONS)}`;
    if (stream.chance(333_333)) return { type: CORE_TYPE.relationRemoved, entityId, payload: { id } };
    const payload = { id, type: 'near', target: sharedEntity(this.#entity(stream)) };
    return { type: CORE_TYPE.relationAdded, entityId, payload };
  }

  #text(stream: DrawStream): string {
    this.#texts += 1;
    const text = `device ${this.#device} ${this.#reason} ${this.#texts}`;
    return text.padEnd(drawIn(stream, this.#workload.textBytes), '.');
  }
}

/** An entity that all write to, from 1. */
export const sharedEntity = (number: number): string => `shared-${number}`;
