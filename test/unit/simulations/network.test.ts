import { describe, expect, test } from 'vitest';
import { Agenda } from '../../../simulations/agenda/index.ts';
import { Draws } from '../../../simulations/draws/index.ts';
import { Network } from '../../../simulations/network/index.ts';
import type { PlannedLink } from '../../../simulations/plan/index.ts';

const SECOND_US = 1_000_000;

const linkOf = (a: number, b: number, over: Partial<PlannedLink> = {}): PlannedLink => ({
  a,
  b,
  minUs: 1_000,
  meanExtraUs: 5_000,
  bytesPerSecond: 1_000_000_000,
  lossPpm: 0,
  ...over,
});

/** A network of devices that tell what they hear, by the second; frames are numbers. */
const world = (links: readonly PlannedLink[], { seed = 1n, devices = 2 } = {}) => {
  const agenda = new Agenda();
  const told: string[] = [];
  const showed = new Map<string, number>();
  const down = new Set<number>();
  const note = (text: string): void => void told.push(text);
  const network = new Network(agenda, new Draws(seed), devices, links, {
    mayConnect: (a, b) => !down.has(a) && !down.has(b),
    connected: (device, peer) => note(`${device} + ${peer}`),
    disconnected: (device, peer) => note(`${device} - ${peer}`),
    frame: (device, from, frame) => note(`${device} < ${from}: ${frame[0]}`),
    showed: (goal) => void showed.set(goal, (showed.get(goal) ?? 0) + 1),
    gossip(device, from, message) {
      note(`${device} hears ${message[0]} of ${from}`);
      return message[0] !== 0;
    },
  });
  /** Lets time pass, and gives what was told since it was asked last. */
  const pass = (us: number): readonly string[] => {
    const endUs = agenda.nowUs + us;
    agenda.at(endUs, () => undefined);
    while (agenda.nextUs !== undefined && agenda.nextUs <= endUs) agenda.next()?.();
    return told.splice(0);
  };
  const send = (from: number, to: number, ...frames: readonly number[]): void => {
    for (const frame of frames) network.send(from, to, Uint8Array.of(frame));
  };
  const up = (...numbers: readonly number[]): void => {
    for (const device of numbers) {
      down.delete(device);
      network.seek(device);
    }
  };
  return { network, agenda, down, pass, send, up, told, showed };
};

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);

describe('a session', () => {
  test('begins once for both, and keeps the order of frames whatever their delays', () => {
    const { network, pass, send, up } = world([linkOf(0, 1, { lossPpm: 200_000 })]);
    up(0, 1);
    expect(pass(2 * SECOND_US).toSorted()).toEqual(['0 + 1', '1 + 0']);
    send(0, 1, ...numbers(100));
    expect(pass(60 * SECOND_US)).toEqual(numbers(100).map((n) => `1 < 0: ${n}`));
    expect([network.frames, network.bytes]).toEqual([100, 100]);
  });

  test('that breaks loses what is under way, is told to both, and comes back', () => {
    const { network, pass, send, up } = world([linkOf(0, 1)]);
    up(0, 1);
    pass(2 * SECOND_US);
    send(0, 1, 1, 2, 3);
    network.break(0, 1);
    send(0, 1, 4);
    const [first, second, ...rest] = pass(2 * SECOND_US);
    expect([first, second].toSorted()).toEqual(['0 - 1', '1 - 0']);
    expect(rest.toSorted()).toEqual(['0 + 1', '1 + 0']);
    send(0, 1, 5);
    expect(pass(SECOND_US)).toEqual(['1 < 0: 5']);
  });

  test('nothing comes through a block, in one direction; it is noticed after ten seconds', () => {
    const { network, pass, send, up } = world([linkOf(0, 1)]);
    up(0, 1);
    pass(2 * SECOND_US);
    network.hold(0, 1, 'block');
    send(0, 1, 1);
    send(1, 0, 2);
    expect(pass(9 * SECOND_US)).toEqual(['0 < 1: 2']);
    expect(pass(2 * SECOND_US).toSorted()).toEqual(['0 - 1', '1 - 0']);
    expect(pass(60 * SECOND_US)).toEqual([]);
    network.release(0, 1, 'block');
    expect(pass(2 * SECOND_US).toSorted()).toEqual(['0 + 1', '1 + 0']);
  });

  test('lets frames through in a direction from when both know of it, but not while that is held', () => {
    const { network, agenda, pass, up } = world([linkOf(0, 1)]);
    expect(network.passages()).toEqual([]);
    up(0, 1);
    pass(2 * SECOND_US);
    network.hold(0, 1, 'clog');
    const heldUs = agenda.nowUs;
    pass(SECOND_US);
    network.release(0, 1, 'clog');
    pass(SECOND_US);
    const endsUs = agenda.nowUs;
    network.break(0, 1);
    pass(1);
    const [first, second, back, ...others] = network.passages();
    expect([first, second, back].map((way) => way && [way.from, way.to, way.toUs, way.endsUs])).toEqual([
      [0, 1, heldUs, endsUs],
      [0, 1, endsUs, endsUs],
      [1, 0, endsUs, endsUs],
    ]);
    expect([first?.fromUs === back?.fromUs, second?.fromUs]).toEqual([true, heldUs + SECOND_US]);
    expect(others).toEqual([]);
  });

  test('a block that ends in time has only delayed; one that begins anew counts anew', () => {
    const { network, pass, send, up } = world([linkOf(0, 1)]);
    up(0, 1);
    pass(2 * SECOND_US);
    for (const _ of [1, 2]) {
      network.hold(0, 1, 'block');
      pass(6 * SECOND_US);
      network.release(0, 1, 'block');
    }
    network.hold(0, 1, 'block');
    network.hold(0, 1, 'block');
    send(0, 1, 7);
    network.release(0, 1, 'block');
    expect(pass(6 * SECOND_US)).toEqual([]);
    network.release(0, 1, 'block');
    expect(pass(SECOND_US)).toEqual(['1 < 0: 7']);
  });

  test('a clog delays as long as it lasts', () => {
    const { network, pass, send, up } = world([linkOf(0, 1)]);
    up(0, 1);
    pass(2 * SECOND_US);
    network.hold(0, 1, 'clog');
    send(0, 1, 1, 2);
    expect(pass(3_600 * SECOND_US)).toEqual([]);
    network.release(0, 1, 'clog');
    expect(pass(SECOND_US)).toEqual(['1 < 0: 1', '1 < 0: 2']);
  });

  test('who is gone without a word is missed after a while', () => {
    const { network, pass, send, up, down } = world([linkOf(0, 1)]);
    up(0, 1);
    pass(2 * SECOND_US);
    down.add(0);
    network.lose(0);
    send(0, 1, 1);
    expect(pass(9 * SECOND_US)).toEqual([]);
    expect(pass(2 * SECOND_US)).toEqual(['1 - 0']);
  });

  test('who comes back before it was missed begins a new session; the old one ends first', () => {
    const { network, pass, send, up, down } = world([linkOf(0, 1)]);
    up(0, 1);
    pass(2 * SECOND_US);
    down.add(0);
    network.lose(0);
    send(1, 0, 1);
    up(0);
    const [first, ...rest] = pass(20 * SECOND_US);
    expect(first).toBe('1 - 0');
    expect(rest.toSorted()).toEqual(['0 + 1', '1 + 0']);
  });

  test('frames wait for those before them at the rate of the link', () => {
    const { agenda, pass, send, up, told } = world([linkOf(0, 1, { bytesPerSecond: 10, meanExtraUs: 0 })]);
    up(0, 1);
    pass(2 * SECOND_US);
    send(0, 1, 1, 2, 3);
    const beganUs = agenda.nowUs;
    told.length = 0;
    while (told.length < 3) agenda.next()?.();
    expect(agenda.nowUs - beganUs).toBe(3 * 100_000 + 1_000);
  });

  test('the same seed brings the same, another one something else', () => {
    const timesOf = (seed: bigint): readonly number[] => {
      const { agenda, send, pass, up, told } = world([linkOf(0, 1, { lossPpm: 100_000 })], { seed });
      up(0, 1);
      pass(2 * SECOND_US);
      send(0, 1, ...numbers(20));
      told.length = 0;
      const times: number[] = [];
      while (told.length < 20) {
        agenda.next()?.();
        times.push(agenda.nowUs);
      }
      return times;
    };
    expect(timesOf(5n)).toEqual(timesOf(5n));
    expect(timesOf(5n)).not.toEqual(timesOf(6n));
  });
});

describe('a session whose frames come as datagrams', () => {
  const scrambled = (lostPpm: number, twicePpm: number) => {
    const all = world([linkOf(0, 1)]);
    all.up(0, 1);
    all.pass(2 * SECOND_US);
    all.network.scramble(0, 1, { lostPpm, twicePpm });
    return all;
  };
  const heard = (told: readonly string[]): readonly number[] =>
    told.filter((line) => line.startsWith('1 < 0: ')).map((line) => Number(line.slice(7)));

  test('gets them in another order, and in that direction alone', () => {
    const { pass, send } = scrambled(0, 0);
    send(0, 1, ...numbers(100));
    const told = heard(pass(SECOND_US));
    expect(told).not.toEqual(numbers(100));
    expect(told.toSorted((a, b) => a - b)).toEqual(numbers(100));
    send(1, 0, ...numbers(100));
    expect(pass(SECOND_US)).toEqual(numbers(100).map((n) => `0 < 1: ${n}`));
  });

  test('gets some twice, and others not at all', () => {
    const { network, pass, send, showed } = scrambled(300_000, 300_000);
    send(0, 1, ...numbers(200));
    const told = heard(pass(SECOND_US));
    const lost = numbers(200).filter((n) => !told.includes(n)).length;
    const doubled = told.length - new Set(told).size;
    expect([lost > 30, lost < 90, doubled > 20, doubled < 70]).toEqual([true, true, true, true]);
    expect([showed.get('frame-lost'), showed.get('frame-doubled')]).toEqual([lost, doubled]);
    expect(showed.get('frame-overtaken')).toBeGreaterThan(10);
    // Who says now that all is equal may have missed word of something.
    expect([...network.idle()]).toEqual([]);
  });

  test('begins with nothing but its beginning', () => {
    for (const seed of [1n, 2n, 3n, 4n, 5n]) {
      const { network, told, agenda, send, up } = world([linkOf(0, 1)], { seed });
      for (const [from, to] of [[0, 1] as const, [1, 0] as const])
        network.scramble(from, to, { lostPpm: 0, twicePpm: 500_000 });
      up(0, 1);
      while (told.length < 8) {
        agenda.next()?.();
        if (told.length === 1 && told[0]?.includes('+'))
          send(Number(told[0][0]), 1 - Number(told[0][0]), 1, 2, 3);
        if (agenda.size === 0) break;
      }
      for (const device of [0, 1]) {
        const [first] = told.filter((line) => line.startsWith(`${device} `));
        expect(first).toBe(`${device} + ${1 - device}`);
      }
    }
  });

  test('ends when frames come as a stream again, which is another one', () => {
    const { network, pass, send } = scrambled(500_000, 0);
    send(0, 1, ...numbers(50));
    network.scramble(0, 1, undefined);
    const told = pass(2 * SECOND_US);
    expect(told.slice(0, 2).toSorted()).toEqual(['0 - 1', '1 - 0']);
    expect(told.slice(2).toSorted()).toEqual(['0 + 1', '1 + 0']);
    send(0, 1, ...numbers(100));
    expect(pass(SECOND_US)).toEqual(numbers(100).map((n) => `1 < 0: ${n}`));
    expect([...network.idle()]).toEqual([[0, 1]]);
  });
});

describe('gossip', () => {
  const ring = numbers(6).map((n) => linkOf(n, (n + 1) % 6));

  test('reaches everybody once, and what is not accepted goes no further', () => {
    const { network, pass, up } = world(ring, { devices: 6 });
    up(...numbers(6));
    pass(3 * SECOND_US);
    network.publish(2, Uint8Array.of(1));
    const heard = pass(SECOND_US).map((line) => line.slice(0, line.indexOf(' of')));
    expect(heard.toSorted()).toEqual([0, 1, 3, 4, 5].map((device) => `${device} hears 1`));
    network.publish(2, Uint8Array.of(0));
    expect(pass(SECOND_US).toSorted()).toEqual(['1 hears 0 of 2', '3 hears 0 of 2']);
  });

  test('is lost where nothing comes through', () => {
    const { network, pass, up } = world([linkOf(0, 1)]);
    up(0, 1);
    pass(3 * SECOND_US);
    network.hold(0, 1, 'clog');
    network.publish(0, Uint8Array.of(1));
    network.release(0, 1, 'clog');
    expect(pass(SECOND_US)).toEqual([]);
  });
});
