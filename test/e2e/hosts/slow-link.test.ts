import { expect, test } from 'vitest';
import { describeHosts, equal, startMesh, TEST_OPTIONS, write } from './host-mesh.ts';

/** 16 kB/s: a segment is on its way for longer than anybody waits for the answer to a ping, and that waits behind it. */
const SLOW_KBIT_PER_S = 128;

describeHosts('two hosts with a slow link', () => {
  test('stay connected while much is on its way, and come to hold the same', TEST_OPTIONS, async () => {
    const { stations, devices } = await startMesh('a', 'a');
    const [writer, reader] = devices;
    if (writer === undefined || reader === undefined) expect.fail('two devices were asked for');
    stations[1]?.host.slow(SLOW_KBIT_PER_S);
    const said = devices.map(({ log }) => log.length);
    await write(writer, 'slowly', { events: 1_000, bytes: 200 });
    await equal(devices);
    expect(devices.map(({ log }, i) => log.slice(said[i]))).toEqual([[], []]);
  });
});
