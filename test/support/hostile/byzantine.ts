import type { Role } from '../../../node/api/index.ts';
import type { Arena, Intruder } from './arena.ts';
import type { Scene } from './scene.ts';

/** Every way in which a device of the hostile kit speaks wrongly; each has a case at least. */
export const BYZANTINE = [
  'equivocation',
  'bad signatures',
  'mutated bytes',
  'false frontiers',
  'withheld ranges',
  'endless want-lists',
  'forged membership',
  'replayed tickets',
  'oversize frames',
  'truncated frames',
  'malformed frames',
  'frames out of turn',
  'frames of elsewhere',
  'what nobody asked for',
  'never reading',
  'false evidence',
  'forged gossip',
  'flooding gossip',
  'stale gossip',
  'oversize gossip',
  'join abuse',
  'floods of inquiries',
  'nonsense in inquiries',
  'strikes',
] as const;

/** One of {@link BYZANTINE}. */
export type Byzantine = (typeof BYZANTINE)[number];

/** What is left to be done once the victim has been seen to be unharmed. */
export type Sequel = () => Promise<void>;

/** One thing that a hostile device does to a real one, and all that comes of it. */
export interface HostileCase {
  readonly kind: Byzantine;
  /** What the hostile device does, to be read after "a device that". */
  readonly title: string;
  /** What it is let in as; a writer when left out. */
  readonly role?: Role;
  /** Code of the fault that the victim tells of in its log; undefined when it has nothing to tell. */
  readonly code?: string;
  /** Strikes that count against the hostile device afterwards; none when left out. */
  readonly strikes?: number;
  /** Events of the hostile device that the victim takes in all the same. */
  readonly events?: number;
  /** Whether memory is looked at: what comes is a lot. */
  readonly flood?: boolean;
  /** What comes before everything. */
  prepare?(arena: Arena, intruder: Intruder): Promise<void>;
  /** Resolves when all has been sent, and what the case asks for beyond the code and the strikes has been seen. */
  attack(scene: Scene): Promise<Sequel | undefined>;
}
