import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LogTail, LogWrite, StateWrite } from '../../../protocol/engine/index.ts';
import type { Origin } from '../../../protocol/event/index.ts';
import { type DiskImage, SimDisk } from '../../../simulations/disk/index.ts';
import { type DiskWrite, NaiveDisk, readDisk } from '../../support/naive-disk.ts';
import { signRange, testLog } from '../../support/test-log.ts';

/** One part of a commit: a log gains records, or a row is put or deleted. */
interface Part {
  readonly log: number;
  readonly records: number;
  readonly sealed: boolean;
  readonly evidence: boolean;
  readonly row: number | null;
}

type Step =
  | { readonly type: 'write'; readonly parts: readonly Part[]; readonly reset: boolean }
  | { readonly type: 'sync' | 'sync-records' | 'copy' }
  | { readonly type: 'crash'; readonly records: number; readonly state: number }
  | { readonly type: 'restore'; readonly image: number };

const part: fc.Arbitrary<Part> = fc.record({
  log: fc.nat(2),
  records: fc.nat(3),
  sealed: fc.boolean(),
  evidence: fc.boolean(),
  row: fc.option(fc.nat(9)),
});

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant('write'),
      parts: fc.array(part, { maxLength: 3 }),
      reset: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constantFrom('sync', 'sync-records', 'copy') }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('crash'), records: fc.nat(99), state: fc.nat(99) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('restore'), image: fc.nat(99) }) },
) as fc.Arbitrary<Step>;

const LOGS = [1, 2, 3].map((number) => testLog(number));

/** Does the same to a disk and to its model. */
class Twins {
  readonly disk = new SimDisk('disk');
  readonly model = new NaiveDisk();
  readonly #images: { readonly image: DiskImage; readonly model: ReturnType<NaiveDisk['copy']> }[] = [];
  #lastRecord = 0;

  run(step: Step): void {
    const { disk, model } = this;
    switch (step.type) {
      case 'write': {
        const write = this.#commitOf(step);
        disk.write(write);
        model.write(write);
        return;
      }
      case 'sync':
        disk.sync();
        model.crash(model.unsynced, model.unsynced);
        return;
      case 'sync-records':
        disk.syncRecords();
        model.syncRecords();
        return;
      case 'copy':
        this.#images.push({ image: disk.copy(), model: model.copy() });
        return;
      case 'crash': {
        const all = model.unsynced + 1;
        disk.crash(step.records % all, step.state % all);
        model.crash(step.records % all, step.state % all);
        return;
      }
      case 'restore': {
        const chosen = this.#images[step.image % (this.#images.length || 1)];
        if (chosen === undefined) return;
        disk.restore(chosen.image);
        model.restore(chosen.model);
        return;
      }
    }
  }

  async expectEqual(): Promise<void> {
    const { disk, model } = this;
    expect([disk.unsynced, disk.safeRecords]).toEqual([model.unsynced, model.safeRecords]);
    expect(await readDisk(this.disk.records, this.disk.state)).toEqual(this.model.read());
  }

  /** An image put on another disk holds what it did when it was made. */
  async expectImagesKept(): Promise<void> {
    for (const { image, model } of this.#images) {
      const [disk, naive] = [new SimDisk('other'), new NaiveDisk()];
      disk.restore(image);
      naive.restore(model);
      expect(disk.records.storeId).toBe('disk');
      expect(await readDisk(disk.records, disk.state)).toEqual(naive.read());
    }
  }

  #commitOf({ parts, reset }: Extract<Step, { type: 'write' }>): DiskWrite {
    const tails = new Map<Origin, LogTail | undefined>();
    const logs: LogWrite[] = [];
    for (const each of parts) {
      const log = LOGS[each.log % LOGS.length] ?? testLog();
      const { origin } = log;
      const before = tails.has(origin) ? tails.get(origin) : this.model.tail(origin);
      if (each.records === 0 && (!each.sealed || before === undefined || before.manifest.sealed)) continue;
      // No record like another one, so that what was lost is not mistaken for what came in its place.
      const records = Array.from({ length: each.records }, () => {
        this.#lastRecord += 1;
        return new TextEncoder().encode(`record ${this.#lastRecord}`);
      });
      const { firstSeq, tail } = signRange(log, before, records, { sealed: each.sealed });
      const arrival = this.model.arrivals + logs.length + 1;
      logs.push({ origin, firstSeq, records, tail, arrival });
      tails.set(origin, tail);
    }
    const proved = parts.filter(({ evidence }) => evidence);
    return {
      logs,
      evidence: proved.map(({ log, records }) => ({
        origin: testLog(log + 1).origin,
        bytes: Uint8Array.of(records),
      })),
      reset,
      state: parts.map(({ log, row }): StateWrite => ({ key: `row ${log}`, row })),
    };
  }
}

test('whatever is written, synced, lost, copied and restored, a disk reads as a list of its writes does', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40, size: 'max' }), async (steps) => {
      const twins = new Twins();
      for (const each of steps) {
        twins.run(each);
        await twins.expectEqual();
      }
      await twins.expectImagesKept();
    }),
    { numRuns: 60 },
  );
}, 120_000);
