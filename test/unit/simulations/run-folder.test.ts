import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { machine } from '../../../node/simulator/machine.ts';
import { readRunFolder, runIntoFolder } from '../../../node/simulator/run-folder.ts';
import {
  expandScenario,
  type Outcome,
  type Plan,
  type ScenarioInput,
  scenario,
} from '../../../simulations/index.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const planOf = (input: ScenarioInput): Plan => expandScenario(scenario(input), { seed: 3n });

const SHORT: ScenarioInput = {
  name: 'short',
  about: 'Nothing <much>.',
  peers: 3,
  phases: { setup: '5s', chaos: '5s' },
  workload: { events: 10 },
};

const TROUBLED: ScenarioInput = {
  ...SHORT,
  peers: 4,
  phases: { setup: '5s', chaos: '20s' },
  workload: { events: 40, sharedPercent: 80 },
  faults: [
    { kind: 'partition', into: 'halves', during: '2s to 15s' },
    { kind: 'crash', every: '6s', down: '1s' },
  ],
};

const runInto = async (plan: Plan): Promise<{ readonly folder: string; readonly outcome: Outcome }> => {
  const folder = join(temporaryFolder(), 'run');
  const outcome = await runIntoFolder(folder, plan, machine, {
    mode: 'exact',
    version: '1.2.3',
    progress: () => undefined,
  });
  return { folder, outcome };
};

const read = (folder: string, name: string): string => readFileSync(join(folder, name), 'utf8');

const rowsOf = (folder: string, name: string): readonly (readonly string[])[] =>
  read(folder, name)
    .trimEnd()
    .split('\n')
    .map((row) => row.split(','));

test('the folder of a run tells when each event could be seen where, and holds the run itself', async () => {
  const plan = planOf(SHORT);
  const { folder, outcome } = await runInto(plan);
  expect(outcome.verdict).toBe('pass');
  const [head, ...seen] = rowsOf(folder, 'per_event_peer.csv');
  expect(head).toEqual(['event', 'author', 'authored_us', 'device', 'visible_us']);
  // Each event on each device, once.
  expect(seen).toHaveLength(3 * outcome.events);
  expect(new Set(seen.map(([event, , , device]) => `${event} ${device}`)).size).toBe(seen.length);
  for (const [, author, authoredUs, device, visibleUs] of seen) {
    const delayUs = Number(visibleUs) - Number(authoredUs);
    if (author === device) expect(delayUs).toBe(0);
    else expect(delayUs).toBeGreaterThan(0);
  }
  expect(await readRunFolder(folder)).toEqual({ plan, traceHash: outcome.traceHash });
  expect(JSON.parse(read(folder, 'manifest.json'))).toMatchObject({ version: '1.2.3' });
});

test('events.jsonl tells what happened, in order', async () => {
  const plan = planOf(TROUBLED);
  const { folder, outcome } = await runInto(plan);
  const events = read(folder, 'events.jsonl')
    .trimEnd()
    .split('\n')
    .map((line): Readonly<Record<string, unknown>> => JSON.parse(line));
  const ofType = (type: string) => events.filter((event) => event.type === type);
  for (const [i, { time_us: timeUs }] of events.entries())
    expect(timeUs).toBeGreaterThanOrEqual(Number(events[i - 1]?.time_us ?? 0));
  expect(
    ofType('fault')
      .map(({ time_us: timeUs, kind }) => [timeUs, kind])
      .sort(),
  ).toEqual(plan.faults.map(({ atUs, type }) => [atUs, type]).sort());
  expect(ofType('operation')).toHaveLength(plan.operations.length);
  expect(ofType('started').length).toBeGreaterThan(4);
  // Every event of the end was acknowledged once, and on each other device applied.
  const written = new Set(ofType('appended').map(({ event }) => event));
  expect(written.size).toBe(outcome.events);
  for (const device of [0, 1, 2, 3]) {
    const known = events.filter(
      (event) => event.device === device && ['appended', 'applied'].includes(String(event.type)),
    );
    expect(new Set(known.map(({ event }) => event))).toEqual(written);
  }
});

test('metrics.csv says how each device stood, and agrees with the outcome in the end', async () => {
  const { folder, outcome } = await runInto(planOf(TROUBLED));
  const [head, ...rows] = rowsOf(folder, 'metrics.csv');
  expect(head).toEqual(['time_us', 'device', 'metric', 'value']);
  const last = rows.filter(([timeUs]) => Number(timeUs) === outcome.virtualUs);
  const valuesOf = (name: string) =>
    last.filter(([, , metric]) => metric === name).map((row) => Number(row[3]));
  const total = (name: string) => valuesOf(name).reduce((sum, value) => sum + value, 0);
  expect(valuesOf('events_applied')).toEqual([0, 1, 2, 3].map(() => outcome.events));
  expect(valuesOf('events_missing')).toEqual([0, 0, 0, 0]);
  expect(valuesOf('conflicts_open')).toEqual([0, 1, 2, 3].map(() => outcome.conflicts.open));
  expect([total('messages_received'), total('bytes_received')]).toEqual([outcome.messages, outcome.bytes]);
  // Every device but the author gets each record at least once.
  expect(total('records_received')).toBeGreaterThanOrEqual(3 * outcome.events);
  // What a device lost with its power it has stored twice.
  const stored = total('records_received') - total('records_in_vain');
  expect(stored).toBeGreaterThanOrEqual(3 * outcome.events);
  expect(stored).toBeLessThan(3 * outcome.events + 20);
  // A device that is down is not asked.
  const down = rows.find(([, , metric, value]) => metric === 'up' && value === '0');
  expect(down).toBeDefined();
  expect(
    rows.some(
      ([time, device, metric]) => time === down?.[0] && device === down?.[1] && metric === 'events_held',
    ),
  ).toBe(false);
});

test('report.html needs nothing but itself, and is the same for the same run', async () => {
  const plan = planOf(TROUBLED);
  const [{ folder, outcome }, again] = [await runInto(plan), await runInto(plan)];
  const html = read(folder, 'report.html');
  expect(read(again.folder, 'report.html')).toBe(html);
  expect(html).not.toMatch(/<script|<link|<iframe|<object|@import|url\(|\b(?:src|href)\s*=|\son\w+=/i);
  // The only addresses are names of formats.
  expect(new Set(html.match(/https?:\/\/[^"<\s]+/g))).toEqual(new Set(['http://www.w3.org/2000/svg']));
  expect(html).toContain('Nothing &#60;much&#62;.');
  for (const text of [outcome.verdict, outcome.traceHash, 'smo sim replay .', 'smo-mesh 1.2.3'])
    expect(html).toContain(text);
  expect(html.match(/<figure>/g)).toHaveLength(7);
  expect(html).not.toContain('There is nothing to show');
  // Coordinates that are none would be left out of a picture without a word.
  expect(html).not.toMatch(/NaN|Infinity|undefined/);
});

test('the report of a run that fails says what was violated, also when something threw', async () => {
  const plan = planOf({ ...TROUBLED, faults: [{ kind: 'partition', into: 'halves', during: '2s to 15s' }] });
  const forGood: Plan = { ...plan, faults: plan.faults.filter(({ type }) => type !== 'unblock') };
  const apart = await runInto(forGood);
  expect(apart.outcome.verdict).toBe('fail');
  const html = read(apart.folder, 'report.html');
  for (const text of ['What was violated', '<td>L1</td>', '<td>never</td>', 'cannot reach each other'])
    expect(html).toContain(text);
  const nobody: Plan = { ...plan, operations: [{ atUs: 6_000_000, device: 99, type: 'seal' }] };
  const thrown = await runInto(nobody);
  expect(read(thrown.folder, 'report.html')).toContain('there is no device 99');
  expect(read(thrown.folder, 'events.jsonl')).toContain('"type":"violation"');
});

test('a run leaves these files', async () => {
  const { folder } = await runInto(planOf({ ...SHORT, peers: 1 }));
  expect(readdirSync(folder).sort()).toEqual([
    'events.jsonl',
    'manifest.json',
    'metrics.csv',
    'per_event_peer.csv',
    'report.html',
    'scenario.expanded.yaml',
    'shiviz.log',
  ]);
  // Of one device there is little to draw.
  expect(read(folder, 'report.html')).toContain('There is nothing to show');
});

test('a folder that holds no run is refused', async () => {
  await expect(readRunFolder(temporaryFolder())).rejects.toMatchObject({ code: 'not_a_run' });
});
