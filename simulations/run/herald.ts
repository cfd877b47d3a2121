import type { DeviceId } from '../../protocol/crypto/index.ts';
import type { EffectOf, EngineEffect, EngineInput } from '../../protocol/engine/index.ts';
import { deviceOf, type PlacedEvent } from '../../protocol/event/index.ts';
import { FrameNumbers, recordBytesOf } from './frame-numbers.ts';
import type { DeviceNews, EventNews, News } from './news.ts';
import type { World, WorldWatcher } from './world.ts';

/** Makes news of what devices take and do. There is one only in a run whose news somebody wants to hear. */
export class Herald implements Pick<WorldWatcher, 'opened' | 'stepped'> {
  readonly #tell: (news: News) => void;
  readonly #frames = new FrameNumbers();
  /** Numbers of gossip messages. */
  readonly #gossip = new WeakMap<Uint8Array, number>();
  readonly #numbers = new Map<DeviceId, number>();
  #world: World | undefined;
  #messages = 0;

  constructor(tell: (news: News) => void) {
    this.#tell = tell;
  }

  /** Looks at a world, before anything has happened in it. */
  enter(world: World): void {
    this.#world = world;
    for (const { identity, number } of world.devices) this.#numbers.set(identity.signer.device, number);
  }

  opened(device: number): void {
    this.#say(device, { type: 'opened' });
  }

  stepped(device: number, input: EngineInput, effects: readonly EngineEffect[]): void {
    this.#input(device, input);
    for (const effect of effects) this.#effect(device, effect);
  }

  #input(device: number, input: EngineInput): void {
    switch (input.type) {
      case 'connected':
      case 'disconnected': {
        const peer = this.#numbers.get(input.peer);
        if (peer === undefined) return;
        if (input.type === 'connected') this.#frames.begin(device, peer);
        this.#say(device, { type: input.type, peer });
        break;
      }
      case 'frame': {
        const peer = this.#numbers.get(input.peer);
        if (peer === undefined) return;
        const message = this.#frames.received(peer, device, input.frame);
        this.#say(device, { type: 'received', peer, message, ...this.#frames.loadOf(input.frame) });
        break;
      }
      case 'gossip': {
        const peer = this.#numbers.get(input.peer);
        if (peer === undefined) return;
        const { message } = input;
        this.#say(device, {
          type: 'heard',
          peer,
          gossip: this.#gossipNumber(message),
          bytes: message.length,
        });
        break;
      }
    }
  }

  #effect(device: number, effect: EngineEffect): void {
    switch (effect.type) {
      case 'send': {
        const peer = this.#numbers.get(effect.peer);
        if (peer === undefined) return;
        const message = this.#frames.sent(device, peer, effect.frame);
        this.#say(device, { type: 'sent', peer, message, ...this.#frames.loadOf(effect.frame) });
        break;
      }
      case 'publish':
        this.#say(device, { type: 'told', gossip: this.#gossipNumber(effect.message) });
        break;
      case 'commit':
        this.#stored(device, effect.commit.logs);
        break;
      case 'appended':
        for (const event of effect.events) this.#say(device, { type: 'appended', ...placeOf(event) });
        break;
      case 'applied':
        if (this.#numbers.get(deviceOf(effect.event.origin)) !== device)
          this.#say(device, { type: 'applied', ...placeOf(effect.event) });
        break;
      case 'strike':
      case 'refused': {
        const peer = this.#numbers.get(effect.peer) ?? null;
        this.#say(device, { type: effect.type, peer, code: effect.fault.code });
        break;
      }
      case 'equivocation':
        this.#say(device, { type: 'fork', origin: effect.origin, seq: effect.seq });
        break;
      case 'log-retired':
        this.#say(device, { type: 'retired', origin: effect.origin, reason: effect.reason });
        break;
      case 'rebuilt':
        this.#say(device, { type: 'rebuilt' });
        break;
    }
  }

  #stored(device: number, logs: EffectOf<'commit'>['commit']['logs']): void {
    for (const { origin, records } of logs) {
      if (records.length === 0) continue;
      const own = this.#numbers.get(deviceOf(origin)) === device;
      this.#say(device, {
        type: 'stored',
        own,
        records: records.length,
        recordBytes: recordBytesOf(records),
      });
    }
  }

  #gossipNumber(message: Uint8Array): number {
    const known = this.#gossip.get(message);
    if (known !== undefined) return known;
    this.#messages += 1;
    this.#gossip.set(message, this.#messages);
    return this.#messages;
  }

  #say(device: number, news: DeviceNews): void {
    this.#tell({ atUs: this.#world?.agenda.nowUs ?? 0, device, ...news });
  }
}

const placeOf = ({ id: event, origin, seq }: PlacedEvent): EventNews => ({ event, origin, seq });
