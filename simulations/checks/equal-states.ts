import type { Commit, ReplicaState } from '../../protocol/engine/index.ts';
import type { Membership } from '../../protocol/membership/index.ts';
import { AppliedSet } from './applied-set.ts';
import type { Copies } from './copies.ts';
import type { Histories } from './histories.ts';
import { KeptRows } from './kept-rows.ts';
import { addTo, type Lanes, mixAll, noLanes, numberOf } from './lanes.ts';
import { RowHash } from './row-hash.ts';
import { SeenStates } from './seen-states.ts';
import type { Note } from './violation.ts';
import type { WatchedDevice } from './watched-device.ts';

/** What was looked at last. */
interface Looked {
  replica: ReplicaState | undefined;
  applied: number;
  membership: Membership | undefined;
}

/**
 * That devices with the same applied events show the same state and keep the same rows of it (S1), and devices with the same applied control
 * events the same members (S8), at every moment that they come to it.
 */
export class EqualStates {
  readonly #device: WatchedDevice;
  readonly #copies: Copies;
  readonly #histories: Histories;
  readonly #set: AppliedSet;
  readonly #rows: KeptRows;
  readonly #tables: StateTables;
  readonly #note: Note;
  readonly #looked: Looked = { replica: undefined, applied: -1, membership: undefined };

  constructor(device: WatchedDevice, copies: Copies, histories: Histories, tables: StateTables, note: Note) {
    this.#device = device;
    this.#copies = copies;
    this.#histories = histories;
    this.#tables = tables;
    this.#set = new AppliedSet(device, copies, histories);
    this.#rows = new KeptRows(device.rows, tables.hash);
    this.#note = note;
  }

  /** The device was opened on what its disk holds. */
  opened(): void {
    this.#rows.opened();
  }

  /** A commit is asked for, in the step that has made its state. */
  committing(commit: Pick<Commit, 'reset' | 'state'>): void {
    this.#rows.committing(commit, this.#device.engine.replica);
  }

  /** To be called after a step. Costs next to nothing unless something was applied. */
  look(): void {
    const { engine } = this.#device;
    if (engine.rebuilding !== undefined) return;
    const { replica } = engine;
    const looked = this.#looked;
    const isNew = looked.replica !== replica || looked.applied !== replica.appliedCount;
    const rows = this.#rows.unseen(replica);
    if (!isNew && rows === undefined) return;
    const key = this.#set.key();
    if (key === undefined) return;
    if (rows !== undefined) this.#lookAtRows(key, rows);
    if (!isNew) return;
    looked.replica = replica;
    looked.applied = replica.appliedCount;
    this.#lookAtState(key, replica);
    this.#lookAtMembers(engine.membership);
  }

  #lookAtState(key: Lanes, replica: ReplicaState): void {
    const { number } = this.#device;
    const digest = replica.digest.toHex();
    const { events, entities, openConflicts, closedConflicts, invalidResolutions, excluded } = replica.counts;
    const counts = [events, entities, openConflicts, closedConflicts, invalidResolutions, excluded];
    const value = Number.parseInt(digest.slice(0, 8), 16) * 2 ** 20 + (mixAll(counts) & 0xfffff);
    const other = this.#tables.states.note(key, value, number);
    if (other === undefined) return;
    const shown = `${digest} and counts ${counts.join()}`;
    this.#note(
      'S1',
      number,
      `shows ${shown}; device ${other} had the same applied, and showed another state`,
    );
  }

  #lookAtRows(key: Lanes, sum: number): void {
    this.#rows.seen();
    const { number } = this.#device;
    const other = this.#tables.rows.note(key, sum, number);
    if (other === undefined) return;
    const kept = `keeps other conflicts, registers or relations than device ${other}`;
    this.#note('S1', number, `${kept}, which had the same applied`);
  }

  #lookAtMembers(membership: Membership): void {
    if (membership === this.#looked.membership) return;
    const key = this.#controlKey();
    if (key === undefined) return;
    this.#looked.membership = membership;
    const { number } = this.#device;
    const other = this.#tables.members.note(key, membersValue(membership, this.#tables.hash), number);
    if (other !== undefined) {
      const members = [...membership.values()].map(({ device, role }) => `${device} ${role}`);
      this.#note(
        'S8',
        number,
        `has the members ${members.join()}; device ${other} had others by the same events`,
      );
    }
  }

  /** The applied control events, once all that is applied is told of. */
  #controlKey(): Lanes | undefined {
    const { engine } = this.#device;
    const key = noLanes();
    for (const [origin, seq] of engine.replica.applied()) {
      const { told } = this.#copies.of(origin);
      if (told.seq !== seq) return undefined;
      key.a = (key.a + told.control.a) | 0;
      key.b = (key.b + told.control.b) | 0;
    }
    for (const fork of engine.forks()) addTo(key, this.#histories.log(fork.origin).number, fork.seq);
    return key;
  }
}

/** What all devices of a run have shown. */
export class StateTables {
  readonly states = new SeenStates();
  readonly rows = new SeenStates();
  readonly hash = new RowHash();
  readonly members = new SeenStates();
}

/** A number that stands for the members, and for who was one. */
const membersValue = (membership: Membership, hash: RowHash): number => {
  const sum = noLanes();
  for (const member of membership.values()) addTo(sum, 1, hash.of(member));
  for (const former of membership.former.values()) addTo(sum, 2, hash.of(former));
  return numberOf(sum);
};
