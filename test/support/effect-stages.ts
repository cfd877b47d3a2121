import {
  type EngineEffect,
  readStoredRecords,
  storedAnswers,
  type UntimedInput,
} from '../../protocol/engine/index.ts';
import type { Answer, SegmentRange } from '../../protocol/sync/index.ts';
import { fastCrypto } from './fast-crypto.ts';
import type { WorldDevice } from './world-device.ts';

/** One part of what an effect asks for; anything may happen before the next one. */
export type Stage = () => Promise<void>;

/**
 * What a host does for an effect that takes a while: reads and writes, then tells the engine. Undefined for all others.
 */
export const stagesOf = (
  device: WorldDevice,
  effect: EngineEffect,
  tell: (input: UntimedInput) => void,
): readonly Stage[] | undefined => {
  switch (effect.type) {
    case 'commit':
      return [
        () => device.writeRecords(effect.commit),
        () => device.writeState(effect.commit),
        async () => tell({ type: 'committed', commit: effect.commit.id }),
      ];
    case 'read-range': {
      const { peer, origin, segment, events } = effect;
      let range: SegmentRange | undefined;
      return [
        async () => {
          // What is damaged cannot be read.
          range = await device.records.range(origin, segment, events).catch(() => undefined);
        },
        async () => tell({ type: 'range-read', peer, range }),
      ];
    }
    case 'read-answer': {
      const { peer, question } = effect;
      let answer: Answer | undefined;
      return [
        async () => {
          answer = storedAnswers(fastCrypto, device.records)(question);
        },
        async () => {
          if (answer !== undefined) tell({ type: 'answer-read', peer, answer });
        },
      ];
    }
    case 'restore': {
      const { origin, manifest } = effect.segment;
      return [
        () => device.records.restore(effect.segment),
        async () => tell({ type: 'repaired', origin, segment: manifest.segment, restored: true }),
      ];
    }
    case 'read-records': {
      const { origin, firstSeq } = effect;
      let records: readonly Uint8Array[] = [];
      return [
        async () => {
          const read = (from: number, count: number) => device.records.records(origin, from, count);
          records = await readStoredRecords(read, effect).catch(() => []);
        },
        async () => tell({ type: 'records-read', origin, firstSeq, records }),
      ];
    }
    default:
      return undefined;
  }
};
