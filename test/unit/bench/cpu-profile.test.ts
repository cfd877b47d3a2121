import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import {
  type CpuProfile,
  costsByFunction,
  costsByRoom,
  costsWithCalls,
} from '../../../scripts/bench/frame/cpu-profile.ts';

const ROOT = join(import.meta.dirname, '../../..');

const node = (id: number, functionName: string, file = '', children: readonly number[] = []) => ({
  id,
  children,
  callFrame: {
    functionName,
    url: file === '' ? '' : file.includes(':') ? file : pathToFileURL(join(ROOT, file)).href,
    lineNumber: 9,
  },
});

const PROFILE: CpuProfile = {
  nodes: [
    node(1, '(idle)'),
    node(2, '(garbage collector)'),
    node(3, 'put', 'protocol/engine/state-overlay.ts'),
    // The same function, called from elsewhere.
    node(4, 'put', 'protocol/engine/state-overlay.ts'),
    node(5, '', 'node_modules/@libp2p/tcp/index.js'),
    node(6, 'hash', 'node:internal/crypto/hash'),
    node(7, 'get', 'protocol/engine/log-book.ts'),
  ],
  samples: [1, 2, 3, 4, 5, 6, 7],
  timeDeltas: [5_000, 1_000, 2_000, 3_000, 1_500, 500, 2_000],
};

test('each function is told with what it took by itself, the most first, as a part of the busy time', () => {
  expect(costsByFunction(PROFILE)).toEqual([
    { name: 'put  protocol/engine/state-overlay.ts:10', ms: 5, share: 0.5 },
    { name: 'get  protocol/engine/log-book.ts:10', ms: 2, share: 0.2 },
    { name: '(anonymous)  node_modules/@libp2p/tcp/index.js:10', ms: 1.5, share: 0.15 },
    { name: '(garbage collector)', ms: 1, share: 0.1 },
    { name: 'hash  node:internal/crypto/hash:10', ms: 0.5, share: 0.05 },
  ]);
});

test('rooms and packages are told as a whole', () => {
  expect(costsByRoom(PROFILE).map(({ name, ms }) => [name, ms])).toEqual([
    ['protocol/engine', 7],
    ['@libp2p/tcp', 1.5],
    ['(garbage collector)', 1],
    ['node', 0.5],
  ]);
});

test('with what it calls a function of ours takes more, and one that calls itself counts once', () => {
  const profile: CpuProfile = {
    nodes: [
      node(1, 'onData', 'node_modules/libp2p/index.js', [2]),
      node(2, 'walk', 'protocol/engine/a.ts', [3]),
      node(3, 'walk', 'protocol/engine/a.ts', [4]),
      node(4, 'look', 'protocol/engine/b.ts'),
    ],
    samples: [2, 3, 4],
    timeDeltas: [1_000, 1_000, 2_000],
  };
  expect(costsWithCalls(profile)).toEqual([
    { name: 'walk  protocol/engine/a.ts:10', ms: 4, share: 1 },
    { name: 'look  protocol/engine/b.ts:10', ms: 2, share: 0.5 },
  ]);
});
