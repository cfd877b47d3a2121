import type { PlacedEvent, Seq } from '../../protocol/event/index.ts';
import type { LogName } from './authored-history.ts';
import { ControlSpace, type DeviceName } from './control-space.ts';

/** A has added B and C, and B has added D; all are admins and know it. */
export const family = (): ControlSpace => {
  const space = new ControlSpace();
  space.add('A', 'B');
  space.add('A', 'C');
  space.add('B', 'D');
  return space;
};

/** What the family has seen when nothing else has happened. */
export const FAMILY_SEEN = { A: 3, B: 1 } as const;

/** That, for an event of one of its logs, which never states itself. */
export const seenBy = (log: LogName): Partial<Record<LogName, Seq>> =>
  Object.fromEntries(Object.entries(FAMILY_SEEN).filter(([name]) => name !== log));

/** One device revokes another without having seen more than the family. */
export const apart = (
  space: ControlSpace,
  log: LogName,
  device: DeviceName,
  timestamp: number,
): PlacedEvent => space.revoke(log, device, {}, { seen: seenBy(log), timestamp });
