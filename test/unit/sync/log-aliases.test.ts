import { describe, expect, it } from 'vitest';
import { LogAliases, SYNC_LIMITS } from '../../../protocol/sync/index.ts';
import { numberedEntry } from '../../support/session-side.ts';
import { testLog } from '../../support/test-log.ts';

const [log, other] = [testLog(1).origin, testLog(2).origin];

describe('the aliases of a session', () => {
  it('name a log that was spelled out, on both sides alike', () => {
    const [a, b] = [new LogAliases(), new LogAliases()];
    expect(a.name(log)).toEqual({ type: 'origin', origin: log });
    expect(b.hear(a.tell(other))).toBe(other);
    expect(b.hear(a.tell(log))).toBe(log);
    expect(a.tell(log)).toEqual({ type: 'alias', by: 'sender', number: 1 });
    expect(b.name(log)).toEqual({ type: 'alias', by: 'receiver', number: 1 });
    expect([a.resolve(b.name(log)), b.resolve(a.name(log)), b.hear(a.name(other))]).toEqual([
      log,
      log,
      other,
    ]);
  });

  it('count each side on its own', () => {
    const [a, b] = [new LogAliases(), new LogAliases()];
    // Both spell out at once.
    const [fromA, fromB] = [a.tell(log), b.tell(other)];
    a.hear(fromB);
    b.hear(fromA);
    expect([a.name(other), b.name(log)]).toEqual([
      { type: 'alias', by: 'receiver', number: 0 },
      { type: 'alias', by: 'receiver', number: 0 },
    ]);
    expect([b.resolve(a.name(other)), a.resolve(b.name(log))]).toEqual([other, log]);
  });

  it('are not given by naming a log outside of an entry', () => {
    const aliases = new LogAliases();
    aliases.name(log);
    expect(aliases.resolve({ type: 'origin', origin: log })).toBe(log);
    expect(aliases.resolve({ type: 'alias', by: 'receiver', number: 0 })).toBeUndefined();
    expect(aliases.resolve({ type: 'alias', by: 'sender', number: 0 })).toBeUndefined();
  });

  it('take as many logs as a frontier may have, and not one more', () => {
    const aliases = new LogAliases();
    for (let i = 0; i < SYNC_LIMITS.frontierLogsMax; i += 1) {
      if (aliases.hear({ type: 'origin', origin: numberedEntry(i).origin }) === undefined)
        expect.fail(`log ${i}`);
    }
    expect(aliases.hear({ type: 'origin', origin: numberedEntry(5).origin })).toBeDefined();
    expect(aliases.hear({ type: 'origin', origin: testLog(9).origin })).toBeUndefined();
  });
});
