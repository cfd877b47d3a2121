import type { DeviceId } from '../../../protocol/crypto/index.ts';
import type { PlacedEvent } from '../../../protocol/event/index.ts';
import type { Genesis } from '../../../protocol/membership/index.ts';
import type { HomeDraft } from '../../home/index.ts';
import type { Held } from './held-logs.ts';

/** How a real device is made. Plain values: they may go to another process. */
export interface RealDeviceInit {
  readonly dir: string;
  /** Folder for its marker. */
  readonly stateHome: string;
  readonly home: HomeDraft;
  readonly space: string;
  readonly genesis: Genesis;
  /** The device that let this one in; undefined for the founder. */
  readonly inviter: DeviceId | undefined;
  readonly listen: string;
  readonly dial: readonly string[];
}

/** A device of this node with a home, stores and a network of its own, in this process or in another one. */
export interface RealDevice {
  /** Where it listens. */
  readonly addresses: readonly string[];
  /**
   * Writes events with the place, the time and the past that they are given, as soon as that past is here. What stands
   * in one batch is one commit; batches may share one, as they would if an application did not wait between them.
   */
  write(batches: readonly (readonly PlacedEvent[])[], signal: AbortSignal): Promise<void>;
  /** Resolves when so much of each log is applied here. */
  holds(held: Held, signal: AbortSignal): Promise<void>;
  seal(): Promise<void>;
  /** Breaks the session with another device. */
  break(other: DeviceId): Promise<void>;
  /** How much of each log is applied here. */
  held(): Promise<Held>;
  figures(): Promise<RealDeviceFigures>;
  stop(): Promise<void>;
}

/** What a device has come to. */
export interface RealDeviceFigures {
  /** State digest, in hexadecimal digits. */
  readonly digest: string;
  readonly events: number;
  readonly openConflicts: number;
  readonly closedConflicts: number;
  /** Of frames that have come to it. */
  readonly bytesIn: number;
}
