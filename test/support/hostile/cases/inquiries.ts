import { type Question, SYNC_LIMITS, type SyncFrame } from '../../../../protocol/sync/index.ts';
import type { HostileCase } from '../byzantine.ts';
import type { Scene } from '../scene.ts';

/** Questions about what there is not. */
const nonsense = ({ victimLog, intruder }: Scene): readonly Question[] => [
  { type: 'commitments', origin: victimLog, segments: [0, 1, 4_000_000_000] },
  { type: 'commitments', origin: intruder.origins(1), segments: [0] },
  { type: 'manifest', origin: victimLog, segment: 4_000_000_000 },
  { type: 'nodes', origin: victimLog, segment: 0, events: 2 ** 40, node: { level: 3, index: 1 } },
  { type: 'nodes', origin: victimLog, segment: 0, events: 1, node: { level: 50, index: 2 ** 50 } },
  { type: 'records', origin: victimLog, segment: 7, seqs: [1, 2 ** 50] },
  { type: 'records', origin: intruder.origins(1), segment: 0, seqs: [1] },
];

/** Questions of a flood, each asked when the one before is answered. */
const ASKS = 5 * SYNC_LIMITS.answersPerWindow;

const ask = (number: number, question: Question): SyncFrame => ({ type: 'ask', ask: number, question });

/** Cases of the questions that devices ask each other about logs that differ. */
export const INQUIRY_CASES: readonly HostileCase[] = [
  {
    kind: 'floods of inquiries',
    title: 'asks more at once than it may',
    code: 'past_limit',
    strikes: 1,
    async attack(scene) {
      const stream = await scene.greeted();
      const question: Question = { type: 'manifest', origin: scene.victimLog, segment: 0 };
      stream.send(...Array.from({ length: 1_000 }, (_, n) => ask(n + 1, question)));
      await stream.closed;
    },
  },
  {
    kind: 'floods of inquiries',
    title: 'asks one thing after the other without end',
    flood: true,
    async attack(scene) {
      const stream = await scene.greeted();
      const question: Question = { type: 'records', origin: scene.victimLog, segment: 0, seqs: [1] };
      for (let number = 1; number <= ASKS; number += 1) {
        stream.send(ask(number, question));
        await stream.answered(number);
      }
    },
  },
  {
    kind: 'nonsense in inquiries',
    title: 'asks for what there is not',
    async attack(scene) {
      const stream = await scene.greeted();
      for (const [index, question] of nonsense(scene).entries()) {
        stream.send(ask(index + 1, question));
        await stream.answered(index + 1);
      }
    },
  },
  {
    kind: 'nonsense in inquiries',
    title: 'answers what it was not asked',
    code: 'bad_frame',
    strikes: 1,
    async attack(scene) {
      const stream = await scene.greeted();
      stream.send({ type: 'answer', ask: 1, answer: { type: 'manifest', manifest: undefined } });
      await stream.closed;
    },
  },
];
