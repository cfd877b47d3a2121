import {
  draftOfSmoOs,
  type ImportChain,
  type ImportPlan,
  type MergedSmoOsEvents,
  mergeSmoOsEvents,
  parseSmoOsLines,
  planImport,
  type SmoOsEvent,
  smoOsOf,
} from '../../protocol/compat/index.ts';
import type { AppendEntry } from '../../protocol/engine/index.ts';
import { deviceOf, type Origin, type SeenVector, type Seq } from '../../protocol/event/index.ts';
import { errorFromFault } from '../../protocol/fault/index.ts';
import { isControlType } from '../../protocol/membership/index.ts';
import type { Imported } from '../api/index.ts';
import { type Device, newOrigin } from './device.ts';

/** A log of this device that holds one chain of imported events, in order. */
interface ImportLog {
  readonly origin: Origin;
  readonly chain: ImportChain;
}

/**
 * Imports the text of a Smo.OS 0.1 file or 0.3.0 bundle: each chain of foreign events becomes a log of this
 * device, so that ids, origins, seqs and concurrency are kept. All or nothing; importing again adds nothing.
 *
 * @throws SmoError with the line at fault, or `id_collision`
 */
export const importSmoOs = async (device: Device, name: string, text: string): Promise<Imported> => {
  const lines = parseSmoOsLines(text);
  if (!lines.ok) throw errorFromFault(lines.fault, `Nothing of ${name} was imported.`);
  const merged = mergeSmoOsEvents([{ name, events: lines.value.events }]);
  if (!merged.ok) throw errorFromFault(merged.fault, `Nothing of ${name} was imported.`);
  // Membership is made by the devices themselves: a file must not be able to add one.
  const importable = merged.value.filter(({ type }) => !isControlType(type));
  // What this space wrote itself comes back in an export of its own: it is here already.
  const readable = device.host.engine.readable();
  const foreign = importable.filter((event) => !isHeld(device, readable, event));
  const logs = await importLogs(device);
  const plan = planImport(
    foreign as unknown as MergedSmoOsEvents,
    logs.map(({ chain }) => chain),
  );
  if (!plan.ok) throw errorFromFault(plan.fault, `Nothing of ${name} was imported.`);
  const entries = entriesOf(plan.value, logs, () => newOrigin(device));
  if (entries.length > 0) await device.host.append(entries);
  return {
    imported: entries.length,
    known: importable.length - entries.length,
    logs: plan.value.chains.length,
    late: plan.value.late.length,
    skipped: merged.value.length - importable.length,
  };
};

/** Whether an event is one of this space: an export tells of it in its place. */
const isHeld = (
  { reader }: Device,
  readable: ReadonlyMap<Origin, Seq>,
  { id, origin, seq }: SmoOsEvent,
): boolean => {
  const log = origin as Origin;
  const isReadable = seq >= 1 && seq <= (readable.get(log) ?? 0);
  return isReadable && reader.event({ origin: log, seq }).id === id;
};

/** Own logs, other than the main one, that hold imports from Smo.OS. */
const importLogs = async (device: Device): Promise<readonly ImportLog[]> => {
  const logs: ImportLog[] = [];
  for (const [origin, lastSeq] of device.host.engine.readable()) {
    if (deviceOf(origin) !== device.signer.device || origin === device.origin) continue;
    const events: SmoOsEvent[] = [];
    for await (const event of device.reader.events(origin, 1, lastSeq)) {
      const foreign = smoOsOf(event);
      if (foreign === undefined) break;
      events.push(foreign);
    }
    const [first] = events;
    if (first === undefined) continue;
    const ended = device.host.engine.retired.has(origin);
    logs.push({ origin, chain: { origin: first.origin, events, ended } });
  }
  return logs;
};

const entriesOf = (
  plan: ImportPlan,
  logs: readonly ImportLog[],
  freshOrigin: () => Origin,
): readonly AppendEntry[] => {
  const origins = plan.chains.map((_, i) => logs[i]?.origin ?? freshOrigin());
  const originAt = (chain: number): Origin => {
    const origin = origins[chain];
    if (origin === undefined) throw new RangeError(`the plan has no chain ${chain}`);
    return origin;
  };
  return plan.steps.map(({ chain, event, seen }) => {
    // A chain is a whole log, so a count in the chain is a seq of the log.
    const vector: SeenVector = Object.fromEntries(seen.map((sight) => [originAt(sight.chain), sight.count]));
    return {
      origin: originAt(chain),
      draft: draftOfSmoOs(event),
      timestamp: Math.max(0, Math.floor(event.timestamp)),
      seen: vector,
    };
  });
};
