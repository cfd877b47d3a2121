import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ShivizFile } from '../../../node/simulator/files/shiviz-file.ts';
import { machine } from '../../../node/simulator/machine.ts';
import { expandScenario, loadScenario, runPlan } from '../../../simulations/index.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

interface Logged {
  readonly host: string;
  readonly clock: Readonly<Record<string, number>>;
  readonly event: string;
}

/**
 * As ShiViz reads a file that is chosen there: the first line, between ^ and $, finds an event in the log, the second one
 * would part executions, and all others are the log. What is between two events is passed over, here it is an error.
 */
const parse = (text: string): readonly Logged[] => {
  const [pattern = '', delimiter, ...rest] = text.split('\n');
  expect(delimiter).toBe('');
  const log = rest.join('\n').trim();
  const between: string[] = [];
  let end = 0;
  const logged = [...log.matchAll(new RegExp(`^${pattern}$`, 'gm'))].map(({ 0: all, index, groups = {} }) => {
    between.push(log.slice(end, index));
    end = index + all.length;
    // These three it asks for by name.
    const { host, clock, event } = groups;
    if (host === undefined || clock === undefined || event === undefined) throw new Error(`of ${pattern}`);
    return { host, clock: JSON.parse(clock), event };
  });
  expect(between).toEqual(between.map((_, i) => (i === 0 ? '' : '\n')));
  expect(log.slice(end)).toBe('');
  return logged;
};

const logOf = async (name: string): Promise<readonly Logged[]> => {
  const path = join(temporaryFolder(), ShivizFile.fileName);
  const plan = expandScenario(loadScenario(name), { seed: 2n });
  const file = new ShivizFile(path, plan.devices.length);
  await runPlan(plan, machine, { news: (news) => file.news(news) });
  file.close();
  const text = readFileSync(path, 'utf8');
  return parse(text);
};

test('with more devices than can be drawn there is no event in the log', () => {
  const path = join(temporaryFolder(), ShivizFile.fileName);
  const file = new ShivizFile(path, 51);
  file.news({ type: 'phase', phase: 'chaos', atUs: 1 });
  file.news({ type: 'opened', device: 1, atUs: 2 });
  file.close();
  expect(parse(readFileSync(path, 'utf8'))).toEqual([]);
});

test.each(['even-split', 'everything-at-once'])('the log of %s is one of vector clocks', async (name) => {
  const logged = await logOf(name);
  expect(new Set(logged.map(({ host }) => host)).size).toBe(6);
  const before = new Map<string, Logged>();
  /** Each host's events, by their number. */
  const events = new Map<string, Logged[]>();
  for (const entry of logged) {
    const { host, clock, event } = entry;
    const last = before.get(host);
    const own = [...(events.get(host) ?? []), entry];
    events.set(host, own);
    before.set(host, entry);
    // A host's own clock is there, and grows by one with each of its events, from 1 on.
    expect(clock[host]).toBe(own.length);
    for (const [other, count] of Object.entries(clock)) {
      if (other === host) continue;
      const known = last?.clock[other] ?? 0;
      expect(count).toBeGreaterThanOrEqual(known);
      // What it learns of others comes with a message, and is of their past.
      if (count > known) expect(event).toMatch(/^(gets|hears gossip)/);
      const cause = events.get(other)?.[count - 1];
      expect(cause, `${host} ${own.length} knows ${other} ${count}`).toBeDefined();
      // It knows all that the other one knew then.
      for (const [third, seen] of Object.entries(cause?.clock ?? {}))
        expect(clock[third]).toBeGreaterThanOrEqual(seen);
    }
  }
});

test('who gets a frame knows of its sending', async () => {
  const logged = await logOf('even-split');
  const sends = new Map<string, number[]>();
  let arrived = 0;
  for (const { host, clock, event } of logged) {
    const [, way, what, peer = ''] = /^(sends|gets) (.*) (?:to|of) (\S+)$/.exec(event) ?? [];
    if (way === 'sends') {
      const key = `${host} ${peer} ${what}`;
      sends.set(key, [...(sends.get(key) ?? []), clock[host] ?? 0]);
    } else if (way === 'gets' && clock[peer] !== undefined) {
      // The latest that it knows of the sender was such a sending.
      const known = sends.get(`${peer} ${host} ${what}`) ?? [];
      expect(known.some((number) => number <= (clock[peer] ?? 0))).toBe(true);
      arrived += 1;
    }
  }
  expect(arrived).toBeGreaterThan(1_000);
});
