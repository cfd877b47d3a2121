import { expect, test } from 'vitest';
import { machine } from '../../node/simulator/machine.ts';
import {
  expandScenario,
  type Journey,
  loadScenario,
  type News,
  type Outcome,
  runPlan,
  type Sample,
} from '../../simulations/index.ts';

interface Told {
  readonly outcome: Outcome;
  readonly news: readonly News[];
  readonly samples: readonly Sample[];
  readonly journeys: readonly Journey[];
}

const planOf = (name: string) => expandScenario(loadScenario(name), { seed: 3n });

const told = async (name: string): Promise<Told> => {
  const [news, samples, journeys]: [News[], Sample[], Journey[]] = [[], [], []];
  const outcome = await runPlan(planOf(name), machine, {
    news: (each) => void news.push(each),
    samples: { everyUs: 500_000, take: (sample) => void samples.push(sample) },
    journeys: (all) => void journeys.push(...all),
  });
  return { outcome, news, samples, journeys };
};

const ofType = <Type extends News['type']>(news: readonly News[], type: Type) =>
  news.filter((each): each is Extract<News, { readonly type: Type }> => each.type === type);

test.each(['even-split', 'everything-at-once'])(
  '%s goes the same whether somebody listens or not',
  async (name) => {
    const { outcome } = await told(name);
    expect((await runPlan(planOf(name), machine)).traceHash).toBe(outcome.traceHash);
  },
);

test('news come in order, and every frame that arrives was sent before, once, with the same load', async () => {
  const { outcome, news } = await told('everything-at-once');
  for (const [i, { atUs }] of news.entries()) expect(atUs).toBeGreaterThanOrEqual(news[i - 1]?.atUs ?? 0);
  const underWay = new Map<number | undefined, string>();
  let arrived = 0;
  for (const each of news) {
    if (each.type === 'sent')
      underWay.set(each.message, JSON.stringify([each.device, each.peer, each.frame, each.bytes]));
    if (each.type !== 'received') continue;
    expect(JSON.stringify([each.peer, each.device, each.frame, each.bytes])).toBe(underWay.get(each.message));
    underWay.delete(each.message);
    arrived += 1;
  }
  expect(arrived).toBe(outcome.messages);
  expect(ofType(news, 'received').reduce((sum, { bytes }) => sum + bytes, 0)).toBe(outcome.bytes);
  expect(ofType(news, 'phase').map(({ phase }) => phase)).toEqual(['setup', 'chaos', 'heal', 'quiet']);
});

test('samples are taken evenly, and say at the end what the outcome says', async () => {
  const { outcome, samples } = await told('even-split');
  expect(samples.slice(0, 3).map(({ atUs }) => atUs)).toEqual([0, 500_000, 1_000_000]);
  const last = samples.at(-1);
  expect(last?.atUs).toBe(outcome.virtualUs);
  for (const device of last?.devices ?? []) {
    expect(device).toEqual({
      device: device.device,
      isUp: true,
      held: outcome.events,
      applied: outcome.events,
      missing: 0,
      waiting: 0,
      openConflicts: outcome.conflicts.open,
      closedConflicts: outcome.conflicts.closed,
    });
  }
  // While the halves were parted, each lacked what the other one wrote.
  const parted = samples.find(({ atUs }) => atUs === 45_000_000);
  expect(parted?.devices.every((device) => device.isUp && device.missing > 0)).toBe(true);
});

test('the median of the journeys is the stretch of the outcome', async () => {
  const { outcome, journeys } = await told('even-split');
  const ratios = journeys.map(({ tookUs, leastUs }) => tookUs / leastUs).sort((a, b) => a - b);
  expect(ratios[Math.floor(ratios.length / 2)]).toBe(outcome.stretch);
});
