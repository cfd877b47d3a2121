import { CORE_TYPE } from '../../protocol/event/index.ts';
import type { DemoPartition, DemoSide } from '../cli/index.ts';
import { until } from './condition.ts';
import type { DeviceProcess } from './device-process.ts';

/** Entity of the conflict that the demo makes by hand. */
export const CONFLICT_ENTITY = 'smo-demo';

/** What the scene needs of the demo. */
export interface PartitionStage {
  readonly devices: readonly DeviceProcess[];
  readonly signal: AbortSignal;
  show(phase: string): void;
  /** Waits until these devices agree on everything. */
  converge(devices: readonly DeviceProcess[]): Promise<void>;
}

/**
 * Cuts the first device off from the others, lets both sides write to one field, shows that they differ, joins
 * them again, and lets a person's choice close the conflict.
 */
export const playPartition = async (stage: PartitionStage): Promise<DemoPartition> => {
  const [alone, ...others] = stage.devices;
  const [chooser] = others;
  if (alone === undefined || chooser === undefined) throw new RangeError('a partition takes two devices');
  await write(alone, CORE_TYPE.entityCreated, 'undecided');
  await stage.converge(stage.devices);
  stage.show(`a partition: ${alone.name} | ${others.map(({ name }) => name).join(', ')}`);
  await alone.api.network({ enabled: false });
  await until('the devices notice the partition', others, stage.signal, async () => {
    const states = await Promise.all(others.map(({ api }) => api.status()));
    const isCut = (device: string): boolean => device === alone.device;
    return states.every(({ peers }) => peers.every(({ device, connected }) => connected !== isCut(device)));
  });
  stage.show(`${alone.name} writes green, ${chooser.name} writes blue`);
  await write(alone, CORE_TYPE.stateUpdated, 'green');
  await write(chooser, CORE_TYPE.stateUpdated, 'blue');
  await stage.converge(others);
  const sides = [await sideOf([alone]), await sideOf(others)];
  await alone.api.network({ enabled: true });
  await stage.converge(stage.devices);
  stage.show(`the partition heals: every device shows the conflict; ${chooser.name} chooses green`);
  await chooseGreen(chooser);
  await stage.converge(stage.devices);
  return { field: `${CONFLICT_ENTITY} colour`, sides, healed: await sideOf(stage.devices) };
};

const write = (device: DeviceProcess, type: string, colour: string): Promise<unknown> =>
  device.api.append({ drafts: [{ type, entityId: CONFLICT_ENTITY, payload: { colour } }] });

const chooseGreen = async ({ api }: DeviceProcess): Promise<void> => {
  const { conflicts } = await api.conflicts({ all: false });
  const open = conflicts.find(({ entityId }) => entityId === CONFLICT_ENTITY);
  const chosen = open?.candidates.find(({ value }) => value === 'green');
  if (open === undefined || chosen === undefined) throw new Error('no conflict formed');
  await api.resolve({ entity: CONFLICT_ENTITY, field: open.field, event: chosen.eventId });
};

/** What the devices of one side agree on. */
const sideOf = async (devices: readonly DeviceProcess[]): Promise<DemoSide> => {
  const [first] = devices;
  if (first === undefined) throw new RangeError('a side of a partition has at least one device');
  const [{ events, digest }, { entity }] = await Promise.all([
    first.api.status(),
    first.api.show({ entity: CONFLICT_ENTITY }),
  ]);
  return { devices: devices.map(({ name }) => name), events, digest, value: String(entity.colour) };
};
