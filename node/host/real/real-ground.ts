import type { RealDevice, RealDeviceInit } from './real-device.ts';

/** Where real devices are, and what joins and parts them. */
export interface RealGround {
  /** What a device is to listen on. */
  listenOf(number: number): string;
  start(number: number, init: RealDeviceInit): Promise<RealDevice>;
  /** From now on just these pairs of devices cannot reach each other, as `pairOf` names them. */
  part(pairs: ReadonlySet<string>): void;
  /** Takes everything away, after all devices were stopped. */
  remove(): Promise<void>;
}
