import type { DeviceId } from '../crypto/index.ts';
import { compareEvents } from '../event/index.ts';
import type { ControlEntry } from './control-entry.ts';
import { lesserRole, type Role } from './role.ts';

/** How senior a device is: steps from the founder, then the total order of the events that added it. */
interface Seniority {
  readonly level: number;
  readonly add: ControlEntry;
}

/**
 * Which of a set of valid control events count (docs/protocol/membership.md). The set holds the genesis, and
 * with an entry all valid ones that it has seen.
 *
 * Invariants:
 * - M1: a function of the set alone, whatever the order of the entries.
 * - M2: an entry that is no removal changes nothing for the others that it has not been seen by.
 * - M3: a removal that counts is undone only by one that is looked at before it.
 */
export class Ruling {
  readonly #set: ControlEntry[];
  /** Entries by their device, and by their author. */
  readonly #about = new Map<DeviceId, ControlEntry[]>();
  readonly #by = new Map<DeviceId, ControlEntry[]>();
  /** The removals that count. */
  readonly #removals = new Set<ControlEntry>();
  readonly #removalsOf = new Map<DeviceId, ControlEntry[]>();
  readonly #counted = new Set<ControlEntry>();
  /** For each add that counts, how many steps from the founder it is. */
  readonly #levels = new Map<ControlEntry, number>();

  /** @param entries in an order that respects causality */
  constructor(entries: readonly ControlEntry[]) {
    this.#set = [...entries];
    for (const entry of entries) this.#index(entry);
    this.#weigh();
    this.#settle(entries.filter((entry) => entry.isRemoval));
  }

  /** Adds an entry that no other has seen and that is no removal. */
  add(entry: ControlEntry): void {
    this.#set.push(entry);
    this.#index(entry);
    if (this.#stands(entry)) this.#count(entry);
  }

  /** The entries that count. */
  get counted(): ReadonlySet<ControlEntry> {
    return this.#counted;
  }

  /** Devices that entries are about, whether these count or not. */
  devices(): Iterable<DeviceId> {
    return this.#about.keys();
  }

  /** The entries about a device that count. */
  countedAbout(device: DeviceId): readonly ControlEntry[] {
    return (this.#about.get(device) ?? []).filter((entry) => this.#counted.has(entry));
  }

  /** The removals of a device that count, in the order in which they were looked at: the most senior first. */
  removalsOf(device: DeviceId): readonly ControlEntry[] {
    return this.#removalsOf.get(device) ?? [];
  }

  /** The role of a device by the entries that count, or by those of them that one has seen; undefined if never added. */
  roleOf(device: DeviceId, at?: ControlEntry): Role | undefined {
    const seen = this.#countedAbout(device, at);
    return seen.some((entry) => entry.isAdd) ? leastOf(seen) : undefined;
  }

  isRevoked(device: DeviceId): boolean {
    return this.removalsOf(device).some(({ statement }) => statement.type === 'device-revoked');
  }

  #index(entry: ControlEntry): void {
    push(this.#about, entry.subject, entry);
    push(this.#by, entry.author, entry);
  }

  /** Looks at the removals, the most senior author's first; each that stands when its turn comes counts. */
  #settle(removals: readonly ControlEntry[]): void {
    let queue = this.#inSeniority(removals);
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      if (!this.#stands(next)) continue;
      this.#removals.add(next);
      push(this.#removalsOf, next.subject, next);
      this.#count(next);
      if (!this.#affects(next)) continue;
      this.#weigh();
      queue = this.#inSeniority(queue);
    }
  }

  #inSeniority(removals: readonly ControlEntry[]): ControlEntry[] {
    return removals
      .map((entry) => ({ entry, seniority: this.#seniority(entry) }))
      .sort((a, b) => compareSeniority(a.seniority, b.seniority) || byTotalOrder(a.entry, b.entry))
      .map(({ entry }) => entry);
  }

  /** Whether a removal that has just been counted can change what else counts, or who is how senior. */
  #affects(removal: ControlEntry): boolean {
    const written = this.#by.get(removal.subject) ?? [];
    return written.some((entry) => entry.sees(removal) || (this.#counted.has(entry) && removal.cuts(entry)));
  }

  /** Finds what counts beside the removals: causes come first, so each entry is looked at once. */
  #weigh(): void {
    this.#counted.clear();
    this.#levels.clear();
    for (const entry of this.#set) {
      if (entry.isRemoval ? this.#removals.has(entry) : this.#stands(entry)) this.#count(entry);
    }
  }

  #count(entry: ControlEntry): void {
    this.#counted.add(entry);
    if (entry.isAdd) this.#levels.set(entry, (this.#seniority(entry)?.level ?? -1) + 1);
  }

  /** Whether nothing that counts cuts an entry, and its author may state it by what counts of what it has seen. */
  #stands(entry: ControlEntry): boolean {
    if (entry.statement.type === 'space-created') return true;
    if (this.removalsOf(entry.author).some((removal) => removal.cuts(entry))) return false;
    const role = this.roleOf(entry.author, entry);
    return role !== undefined && entry.isPermitted(role);
  }

  /** Seniority of the author of an entry, by what counts of what that has seen. */
  #seniority(at: ControlEntry): Seniority | undefined {
    const adds = this.#countedAbout(at.author, at).filter((entry) => entry.isAdd);
    const all = adds.map((add): Seniority => ({ level: this.#levels.get(add) ?? 0, add }));
    return all.sort(compareSeniority)[0];
  }

  #countedAbout(device: DeviceId, at: ControlEntry | undefined): readonly ControlEntry[] {
    const counted = this.countedAbout(device);
    return at === undefined ? counted : counted.filter((entry) => at.sees(entry));
  }
}

/** The entries that none of the others has seen. */
export const maximalOf = (entries: readonly ControlEntry[]): readonly ControlEntry[] =>
  entries.filter((entry) => !entries.some((other) => other.sees(entry)));

export const byTotalOrder = (a: ControlEntry, b: ControlEntry): number => compareEvents(a.event, b.event);

/** Of the last statements of a role, the least privileged. */
const leastOf = (entries: readonly ControlEntry[]): Role | undefined =>
  maximalOf(entries.filter((entry) => entry.role !== undefined))
    .flatMap(({ role }) => (role === undefined ? [] : [role]))
    .reduce<Role | undefined>(
      (least, role) => (least === undefined ? role : lesserRole(least, role)),
      undefined,
    );

const compareSeniority = (a: Seniority | undefined, b: Seniority | undefined): number => {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  return a.level - b.level || byTotalOrder(a.add, b.add);
};

const push = <K, V>(map: Map<K, V[]>, key: K, value: V): void => {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
};
