import { SYNC_LIMITS, type SyncFrame } from '../../../../protocol/sync/index.ts';
import type { Byzantine, HostileCase } from '../byzantine.ts';
import type { RawStream } from '../raw-stream.ts';
import { frontier, type Scene, told, want } from '../scene.ts';

/** Hangs up by itself when what it was sent is at fault. */
const hungUpOn =
  (send: (stream: RawStream, scene: Scene) => void | Promise<void>): HostileCase['attack'] =>
  async (scene) => {
    const stream = await scene.stream();
    await send(stream, scene);
    await stream.closed;
  };

type Row = readonly [
  kind: Byzantine,
  title: string,
  code: string,
  send: (stream: RawStream, scene: Scene) => void | Promise<void>,
];

const ROWS: readonly Row[] = [
  [
    'oversize frames',
    'sends a frame that says it is far too long',
    'frame_too_long',
    (stream) => stream.sendBytes(Uint8Array.of(0xff, 0xff, 0xff, 0x7f)),
  ],
  [
    'oversize frames',
    'sends a frame that is one byte too long',
    'frame_too_long',
    (stream) => stream.sendBytes(Uint8Array.of(0x81, 0x80, 0x20)),
  ],
  [
    'truncated frames',
    'ends a frame before its end',
    'frame_truncated',
    (stream) => {
      stream.sendBytes(Uint8Array.of(100, 1, 2, 3));
      void stream.close();
    },
  ],
  [
    'truncated frames',
    'ends the length of a frame before its end',
    'frame_truncated',
    (stream) => {
      stream.sendBytes(Uint8Array.of(0x80));
      void stream.close();
    },
  ],
  [
    'malformed frames',
    'sends a length that is not in its shortest form',
    'bad_frame_length',
    (stream) => stream.sendBytes(Uint8Array.of(0x81, 0x00, 1)),
  ],
  ['malformed frames', 'sends rubbish', 'bad_frame', (stream) => stream.sendFramed(Uint8Array.of(1, 2, 3))],
  ['malformed frames', 'sends an empty frame', 'bad_frame', (stream) => stream.sendFramed(new Uint8Array())],
  [
    'malformed frames',
    'names a log by a number that it has given to none',
    'bad_frame',
    (stream, scene) =>
      stream.send(scene.hello(), {
        type: 'want',
        want: 1,
        log: { type: 'alias', by: 'sender', number: 7 },
        segment: 0,
        events: 0,
        until: 0,
      }),
  ],
  [
    'frames out of turn',
    'asks before it has greeted',
    'hello_due',
    (stream, { victimLog }) => stream.send(want(victimLog, 1)),
  ],
  [
    'frames out of turn',
    'greets twice',
    'out_of_turn',
    (stream, scene) => stream.send(scene.hello(), scene.hello()),
  ],
  [
    'frames out of turn',
    'shows a node that it was not asked for',
    'out_of_turn',
    (stream, scene) =>
      stream.send(scene.hello(), { type: 'node', path: 'f', content: { type: 'entries', entries: [] } }),
  ],
  [
    'frames out of turn',
    'ends a comparison twice',
    'out_of_turn',
    (stream, scene) => {
      const last: SyncFrame = { type: 'frontier', entries: [], arrivals: 0, last: true };
      stream.send(scene.hello(), last, last);
    },
  ],
  [
    'frames of elsewhere',
    'is of another space',
    'wrong_space',
    (stream, scene) => stream.send(scene.hello({ spaceTag: new Uint8Array(8) })),
  ],
  [
    'what nobody asked for',
    'gives credit for what was never sent',
    'credit_exceeded',
    (stream, scene) => stream.send(scene.hello(), { type: 'credit', bytes: 1 }),
  ],
  [
    'endless want-lists',
    'asks for more at once than it may',
    'past_limit',
    (stream, scene) =>
      stream.send(scene.hello(), ...Array.from({ length: 1_000 }, (_, n) => want(scene.victimLog, n))),
  ],
];

/** Bytes of records in a frame of which there are many. */
const LARGE_BYTES = 192 * 1024;

/** Cases of single frames. */
export const FRAME_CASES: readonly HostileCase[] = [
  ...ROWS.map(([kind, title, code, send]): HostileCase => {
    return { kind, title, code, strikes: 1, attack: hungUpOn(send) };
  }),
  {
    // A later version is no fault.
    kind: 'frames of elsewhere',
    title: 'speaks another version',
    code: 'wrong_version',
    attack: hungUpOn((stream, scene) => stream.send(scene.hello({ version: 2 }))),
  },
  {
    // What was given up may still be under way, so it is dropped without a word.
    kind: 'what nobody asked for',
    title: 'sends records without end that nobody asked for',
    flood: true,
    async attack(scene) {
      const stream = await scene.greeted();
      const records = [new Uint8Array(LARGE_BYTES)];
      for (let number = 1; number <= 200; number += 1) {
        stream.send({ type: 'range', want: number, records, follows: 'records' });
        await stream.drained();
      }
      // It has read all of it when it answers what came after it.
      stream.send(want(scene.victimLog, 7));
      await stream.frame('range');
    },
  },
  {
    kind: 'never reading',
    title: 'asks without end what there is, and never reads the answers',
    code: 'past_limit',
    strikes: 1,
    flood: true,
    async attack(scene) {
      const stream = await scene.greeted();
      await stream.frame('node');
      stream.pause();
      const { looksMax, descentNodesMax } = SYNC_LIMITS;
      const look: SyncFrame = { type: 'look', paths: Array.from({ length: looksMax }, () => '') };
      for (let asked = 0; asked <= descentNodesMax; asked += looksMax) stream.send(look);
    },
  },
  {
    kind: 'endless want-lists',
    title: 'asks again and again for what is not there',
    flood: true,
    async attack(scene) {
      const stream = await scene.greeted();
      for (let number = 1; number <= 1_000; number += 1) {
        stream.send({ ...want(scene.victimLog, number), segment: 4_000_000, until: 4_000_000 } as SyncFrame);
        await stream.ended(number);
      }
    },
  },
  {
    kind: 'false frontiers',
    title: 'holds more logs than there may be',
    code: 'past_limit',
    strikes: 1,
    flood: true,
    attack: hungUpOn(async (stream, scene) => {
      stream.send(scene.hello());
      const { origins } = scene.intruder;
      for (let first = 0; first <= SYNC_LIMITS.frontierLogsMax; first += SYNC_LIMITS.frontierEntriesMax) {
        const numbers = Array.from({ length: SYNC_LIMITS.frontierEntriesMax }, (_, n) => first + n);
        stream.send(frontier(...numbers.map((number) => told(origins(number), 1))));
        await stream.drained();
      }
    }),
  },
];
