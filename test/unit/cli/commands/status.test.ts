import { describe, expect, test } from 'vitest';
import type { NodeApi, Status } from '../../../../node/api/index.ts';
import { fakeHost, STATUS } from '../fake-host.ts';
import { run, runWith } from '../run.ts';

describe('status, peers, online, offline', () => {
  test('status --json is the status as it is', async () => {
    expect(JSON.parse((await runWith({}, ['status', '--json'])).stdout)).toEqual(STATUS);
  });

  test('status tells who is behind by how much and why, what conflicts, what waits', async () => {
    const { stdout } = await runWith({}, ['status']);
    expect(stdout).toMatch(/desk in the space "family"/);
    expect(stdout).toMatch(/phone +writer +connected +nothing/);
    expect(stdout).toMatch(/tablet +admin +away +41 events +last dial failed: timed out/);
    expect(stdout).toMatch(/conflicts +1 open, 2 closed/);
    expect(stdout).toMatch(/waiting +events of phone from 5 on wait for event 1300 of desk/);
  });

  test('status counts what does not count, and says so only then', async () => {
    const told = async (excluded: number): Promise<string> =>
      (await runWith({ status: async () => ({ ...STATUS, excluded }) }, ['status'])).stdout;
    expect(await told(0)).not.toContain('excluded');
    expect(await told(1)).toMatch(/excluded +1 event does not count; "smo log" marks it/);
    expect(await told(2)).toMatch(/excluded +2 events do not count/);
  });

  test('a revoked device says by whom, when and why, and what to do', async () => {
    const told = async (by: string | undefined, reason: string | null): Promise<string> => {
      const revoked = { by: by ?? '', at: 1_700_000_000_000, reason, cut: {} };
      return (await runWith({ status: async () => ({ ...STATUS, revoked }) }, ['status'])).stdout;
    };
    expect(await told(STATUS.peers[1]?.device, 'lost\non the train')).toMatch(
      /revoked +this device was removed from the space by tablet at 20\S+: lost\S+on the train\n.*smo --home FOLDER join TICKET/,
    );
    expect(await told(STATUS.device, null)).toMatch(/by itself at \S+\n/);
  });

  test('status says whether everything is somewhere else too', async () => {
    const told = async (change: Partial<Status>): Promise<string> =>
      (await runWith({ status: async () => ({ ...STATUS, ...change }) }, ['status'])).stdout;
    const complete = STATUS.peers.map(({ device }) => device);
    expect(await told({})).toMatch(/data +all 1,204 events are also on phone\n/);
    expect(await told({ copies: { onlyHere: 0, complete } })).toMatch(/are also on phone, tablet and tv\n/);
    expect(await told({ copies: { onlyHere: 0, complete: [] } })).toMatch(/on one other device or another/);
    expect(await told({ copies: { onlyHere: 12, complete: [] } })).toMatch(
      /data +12 of 1,204 events are on this device alone, as far as is known/,
    );
    expect(await told({ peers: [] })).toMatch(/data +on this device alone; "smo invite"/);
  });

  test('status says what a person should know of, and nothing of it when all is as usual', async () => {
    const told = async (change: Partial<Status>): Promise<string> =>
      (await runWith({ status: async () => ({ ...STATUS, ...change }) }, ['status'])).stdout;
    expect(await told({})).not.toMatch(/forked|damaged|new log|rebuilding|strikes/);
    const [origin = ''] = Object.keys(STATUS.frontier);
    expect(await told({ forkedLogs: [{ origin, seq: 9 }] })).toMatch(
      /forked +desk has signed two histories.* from event 9 on; "smo evidence list"/,
    );
    const retiredLogs = (['behind', 'ahead', 'forked', 'excluded', 'waiting'] as const).map((reason) => ({
      origin,
      reason,
    }));
    for (const retired of retiredLogs)
      expect(await told({ retiredLogs: [retired] })).toMatch(/new log +this device goes on in a new log: \w/);
    const damagedSegments = Object.keys(STATUS.frontier).map((log) => ({ origin: log, segment: 2 }));
    expect(await told({ damagedSegments })).toMatch(
      /damaged +2 segments cannot be read here, 1 of them in the log that this device writes to\n.*"smo doctor"/,
    );
    expect(await told({ rebuilding: { done: 1000, total: 4000 } })).toMatch(/1,000 of 4,000 events applied/);
    const [phone, ...others] = STATUS.peers;
    if (phone === undefined) expect.fail();
    expect(await told({ peers: [{ ...phone, strikes: 2 }, ...others] })).toMatch(/phone has sent.* 2 times/);
  });

  test('a device that is away was seen some time ago', async () => {
    const [, tablet] = STATUS.peers;
    if (tablet === undefined) expect.fail();
    const peers = [{ ...tablet, lastSeen: Date.now() - 3 * 3600 * 1000 - 1 }];
    expect((await runWith({ status: async () => ({ ...STATUS, peers }) }, ['peers'])).stdout).toMatch(
      /tablet +admin +away for 3 h +41 events/,
    );
  });

  test('what is unknown is called unknown', async () => {
    expect((await runWith({}, ['peers'])).stdout).toMatch(/tv +writer +away +unknown/);
  });

  test('a device that is not running or paused says what to do', async () => {
    const stopped = await runWith({ status: async () => ({ ...STATUS, running: false, online: false }) }, [
      'status',
    ]);
    expect(stopped.stdout).toContain('not running; "smo up" starts it');
    const paused = await runWith({ status: async () => ({ ...STATUS, online: false }) }, ['status']);
    expect(paused.stdout).toContain('paused; "smo online" resumes it');
  });

  test('peers --json', async () => {
    expect(JSON.parse((await runWith({}, ['peers', '--json'])).stdout)).toEqual({ peers: STATUS.peers });
    expect((await runWith({ status: async () => ({ ...STATUS, peers: [] }) }, ['peers'])).stdout).toContain(
      'smo invite',
    );
  });

  test('peers names the relay through which a device is connected', async () => {
    const [phone, tablet] = STATUS.peers;
    const through = async (relay: string | undefined): Promise<string> => {
      const peers = [{ ...phone, relay }, tablet] as typeof STATUS.peers;
      return (await runWith({ status: async () => ({ ...STATUS, peers }) }, ['peers'])).stdout;
    };
    expect(await through(tablet?.device)).toContain('through relay tablet');
    expect(await through(STATUS.device)).toMatch(/through relay \S*d+\b/);
    expect(await through(undefined)).toContain('/ip4/127.0.0.1/tcp/5');
  });

  test('offline and online switch the network', async () => {
    const asked: boolean[] = [];
    const network: NodeApi['network'] = async ({ enabled }) => {
      asked.push(enabled);
      return { enabled };
    };
    expect((await runWith({ network }, ['offline'])).stdout).toContain('paused');
    expect((await runWith({ network }, ['online', '--json'])).stdout).toBe('{"enabled":true}\n');
    expect(asked).toEqual([false, true]);
  });

  test('foreign names cannot command the terminal', async () => {
    const peers = [
      { ...STATUS.peers[0], name: '\u001b[2Jphone\u202e\u009b1m\nsecond line' },
    ] as typeof STATUS.peers;
    const { stdout } = await runWith({ status: async () => ({ ...STATUS, peers }) }, ['peers']);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(stdout).not.toMatch(/[\u001b\u009b\u202e]/);
    expect(stdout.trimEnd().split('\n')).toHaveLength(2);
  });

  test('colour is there only where it can be seen', async () => {
    const plain = await runWith({}, ['status']);
    const { host } = fakeHost();
    const coloured = await run(host, ['status'], { colour: true });
    expect(plain.stdout).not.toContain('\u001b[');
    expect(coloured.stdout).toContain('\u001b[');
    expect((await run(host, ['status', '--json'], { colour: true })).stdout).not.toContain('\u001b[');
  });
});
