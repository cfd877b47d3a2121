import { makeOrigin } from '../../protocol/event/index.ts';
import type { CliHost } from '../cli/index.ts';
import type { Home } from '../home/index.ts';
import { openApi } from './open-api.ts';

/** How long a device that has joined may take to receive what the space holds before the command ends. */
const FIRST_SYNC_MS = 30_000;

/** What the commands work with. Everything that few commands need is loaded when one does. */
export const cliHost: CliHost = {
  open: (home) => openApi(home, process.env),
  async init(home, input) {
    const { foundSpace } = await import('./found.ts');
    return placeOf(await foundSpace(home, input, process.env));
  },
  async join(home, input) {
    const { joinSpace } = await import('./join.ts');
    const { home: joined, addresses } = await joinSpace(home, input);
    const { firstSync } = await import('./first-sync.ts');
    const synced = await firstSync(home, process.env, addresses, FIRST_SYNC_MS);
    return { ...placeOf(joined), name: joined.file.name, synced };
  },
  async up(home, input) {
    const { runDevice } = await import('./run-device.ts');
    await runDevice(home, process.env, input);
  },
  async verifySmoOs(folder) {
    const { verifySmoOs } = await import('./smo-os-commands.ts');
    return verifySmoOs(folder);
  },
  async projectSmoOs(files) {
    const { projectSmoOs } = await import('./smo-os-commands.ts');
    return projectSmoOs(files);
  },
  async conformance(folder) {
    const { runConformance } = await import('./smo-os-commands.ts');
    return runConformance(folder);
  },
  async demo(input) {
    const { runDemo } = await import('../demo/index.ts');
    return runDemo(input);
  },
};

const placeOf = ({ file }: Home) => ({
  space: file.space?.id ?? '',
  device: file.device,
  origin: makeOrigin(file.device, file.incarnation),
});
