export type { DeviceKey } from './device-key.ts';
export {
  createHome,
  HOME_LAYOUT,
  type Home,
  type HomeChange,
  type HomeDraft,
  newIncarnation,
  openHome,
  updateHome,
} from './home.ts';
export { HOME_FILE, type HomeFile, type HomeSpace, readHomeFile } from './home-file.ts';
export { LogNotes } from './log-notes.ts';
export {
  type BehindMarker,
  compareMarker,
  type Marker,
  type MarkerEntries,
  markerPath,
  openMarker,
} from './marker.ts';
export { secureSocketFolder, socketPaths } from './socket-path.ts';
export { type Environment, stateHomePath } from './state-path.ts';
