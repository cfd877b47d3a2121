import { expect, test } from 'vitest';
import { runReal } from '../../../node/host/real/run-real.ts';
import { describeHosts } from './host-mesh.ts';

describeHosts('real devices in network namespaces', () => {
  test.each([
    ['even-split', 4],
    ['three-way-split', 6],
  ])('come to the very state of virtual ones, in %s', { timeout: 120_000 }, async (scenario, peers) => {
    const { simulated, real, problems } = await runReal({
      scenario,
      seed: 1n,
      peers,
      transport: 'namespaces',
      signal: new AbortController().signal,
      onProgress: () => undefined,
    });
    expect(problems).toEqual([]);
    expect([real.digests, real.events, real.conflicts]).toEqual([
      simulated.digests,
      simulated.events,
      simulated.conflicts,
    ]);
  });
});
