export { withoutDevice } from './addresses.ts';
export { createMesh } from './create-mesh.ts';
export { FRAME_BYTES_MAX } from './frame.ts';
export type {
  AddressBook,
  FramePipe,
  GossipOptions,
  JoinTarget,
  Mesh,
  MeshHost,
  MeshLogLevel,
  MeshOptions,
  PeerPath,
  Traffic,
} from './mesh.ts';
export type { ReachOptions } from './reach-options.ts';
