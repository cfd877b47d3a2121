import type { DeviceId } from '../../../protocol/crypto/index.ts';
import type { PlacedEvent } from '../../../protocol/event/index.ts';
import type { Held } from './held-logs.ts';
import type { RealDeviceFigures, RealDeviceInit } from './real-device.ts';

/** What a process that runs a real device is asked for. */
export type DeviceCall =
  | { readonly type: 'start'; readonly init: RealDeviceInit }
  | { readonly type: 'write'; readonly batches: readonly (readonly PlacedEvent[])[] }
  | { readonly type: 'holds'; readonly held: Held }
  | { readonly type: 'seal' }
  | { readonly type: 'break'; readonly other: DeviceId }
  | { readonly type: 'held' }
  | { readonly type: 'figures' }
  | { readonly type: 'stop' };

/** A call, and the number by which its answer is told from others. */
export interface DeviceRequest {
  readonly id: number;
  readonly call: DeviceCall;
}

export type DeviceResult = RealDeviceFigures | Held | readonly string[] | undefined;

export type DeviceAnswer =
  | { readonly id: number; readonly type: 'done'; readonly result: DeviceResult }
  | {
      readonly id: number;
      readonly type: 'failed';
      readonly code: string;
      readonly message: string;
      readonly hint: string;
    };
