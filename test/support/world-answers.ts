import type { EffectOf, EngineEffect } from '../../protocol/engine/index.ts';
import type { MeshWorld, WorldDevice } from './mesh-world.ts';

/** What a device has told of one type, in order. */
export const toldOf = <Type extends EngineEffect['type']>(
  { answers }: WorldDevice,
  type: Type,
): readonly EffectOf<Type>[] => answers.filter((answer): answer is EffectOf<Type> => answer.type === type);

/** What a device holds against its peers, as codes of faults. */
export const strikesOf = (device: WorldDevice): readonly string[] =>
  toldOf(device, 'strike').map(({ fault }) => fault.code);

/** The digest of the state of a device. */
export const digestOf = ({ engine }: WorldDevice): string => engine.replica.digest.toHex();

/** The digests of all states in a world: one, if they are equal. */
export const digestsIn = ({ devices }: MeshWorld): ReadonlySet<string> => new Set(devices.map(digestOf));
