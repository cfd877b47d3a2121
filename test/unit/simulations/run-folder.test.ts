import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { machine } from '../../../node/simulator/machine.ts';
import { readRunFolder, runIntoFolder } from '../../../node/simulator/run-folder.ts';
import { expandScenario, scenario } from '../../../simulations/index.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const plan = expandScenario(
  scenario({ name: 'short', peers: 3, phases: { setup: '5s', chaos: '5s' }, workload: { events: 10 } }),
  { seed: 3n },
);

test('the folder of a run tells when each event could be seen where, and holds the run itself', async () => {
  const folder = join(temporaryFolder(), 'run');
  const outcome = await runIntoFolder(folder, plan, machine, {
    mode: 'exact',
    version: '1.2.3',
    progress: () => undefined,
  });
  expect(outcome.verdict).toBe('pass');
  const [head, ...rows] = readFileSync(join(folder, 'per_event_peer.csv'), 'utf8').trimEnd().split('\n');
  expect(head).toBe('event,author,authored_us,device,visible_us');
  const seen = rows.map((row) => row.split(','));
  // Each event on each device, once.
  expect(seen).toHaveLength(3 * outcome.events);
  expect(new Set(seen.map(([event, , , device]) => `${event} ${device}`)).size).toBe(seen.length);
  for (const [, author, authoredUs, device, visibleUs] of seen) {
    const delayUs = Number(visibleUs) - Number(authoredUs);
    if (author === device) expect(delayUs).toBe(0);
    else expect(delayUs).toBeGreaterThan(0);
  }
  expect(await readRunFolder(folder)).toEqual({ plan, traceHash: outcome.traceHash });
  expect(JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'))).toMatchObject({ version: '1.2.3' });
});

test('a folder that holds no run is refused', async () => {
  await expect(readRunFolder(temporaryFolder())).rejects.toMatchObject({ code: 'not_a_run' });
});
