export { cliHost } from './cli-host.ts';
export {
  type DevicePlace,
  initDevice,
  type JoinedDevice,
  joinDevice,
  openDevice,
  runDevice,
} from './devices.ts';
export type { OpenApi } from './open-api.ts';
export type { RunInput } from './run-device.ts';
