/**
 * A new device receives all that another process holds, over libp2p on the loopback interface, beside the floor: the
 * same bytes over one stream of libp2p, each event hashed, parsed and put once. `npm run bench:cold-sync`.
 */
import { coldSyncSource, floorSubject, receiveAll } from './cold-sync/subjects.ts';
import { runBench } from './frame/bench.ts';
import { profiled } from './frame/cpu-profile.ts';
import { CPU_PROF } from './frame/options.ts';
import { hypercoreSubject } from './peers/hypercore-subject.ts';
import { howToInstall, isInstalled } from './peers/installed.ts';
import { orbitSubject } from './peers/orbitdb-subject.ts';
import { RECORD_BYTES } from './workload/notes.ts';

const FLOOR = 'floor';

const HYPERCORE = 'hypercore';

const ORBITDB = '@orbitdb/core';

await runBench({
  name: 'cold-sync',
  packages: [
    'libp2p',
    '@chainsafe/libp2p-noise',
    '@chainsafe/libp2p-yamux',
    'classic-level',
    HYPERCORE,
    ORBITDB,
  ],
  sizes: [{ name: 'events', byDefault: 20_000, least: 100, most: 10_000_000, help: 'events to receive' }],
  texts: [CPU_PROF],
  async prepare({ sizes: { events = 0 }, texts }, scratch) {
    const profiles = texts[CPU_PROF.name];
    const source = await coldSyncSource(scratch, events);
    const { file, records } = source;
    const withPeer = isInstalled(HYPERCORE);
    return {
      missing: [HYPERCORE, ORBITDB].filter((peer) => !isInstalled(peer)).map(howToInstall),
      ...(profiles !== undefined && {
        after: () => profiled(profiles, (execArgv) => receiveAll(source, execArgv)),
      }),
      groups: [
        {
          title: `A new device receives ${events.toLocaleString('en')} events of ${RECORD_BYTES} bytes`,
          figures: [
            { key: 'perS', title: 'events/s' },
            { key: 'stallMs', title: 'longest stall, ms' },
            { key: 'peakMiB', title: 'peak memory, MiB' },
          ],
          ratios: [FLOOR, ...(withPeer ? [HYPERCORE] : [])].map((of) => ({ figure: 'perS', of })),
          subjects: [
            { name: 'smo-mesh', measure: () => receiveAll(source) },
            floorSubject(source, FLOOR, 'all'),
            floorSubject(source, 'floor: the stream alone', 'stream'),
            floorSubject(source, 'floor: the work alone', 'work'),
            ...(withPeer ? [await hypercoreSubject(HYPERCORE, { file, events: records, scratch })] : []),
            ...(isInstalled(ORBITDB) ? [orbitSubject('OrbitDB', { file, events: records, scratch })] : []),
          ],
        },
      ],
    };
  },
});
