import type { CliHost } from '../cli/index.ts';
import { initDevice, joinDevice, openDevice, runDevice } from './devices.ts';
import { keepHeapSmall } from './heap.ts';

/** What the commands work with. Everything that few commands need is loaded when one does. */
export const cliHost: CliHost = {
  open: (home, onRebuild) => openDevice(home, process.env, onRebuild),
  init: (home, input) => initDevice(home, input),
  join: (home, input) => joinDevice(home, input),
  up(home, input) {
    keepHeapSmall();
    return runDevice(home, input);
  },
  async doctor(home, input) {
    const { runDoctor } = await import('./doctor/doctor.ts');
    return runDoctor(home, process.env, input);
  },
  async lost(home) {
    const { lostDrafts } = await import('./doctor/lost-events.ts');
    return lostDrafts(home, process.env);
  },
  async verifySmoOs(folder) {
    const { verifySmoOs } = await import('./smo-os-commands.ts');
    return verifySmoOs(folder);
  },
  async verifyEvidence(text) {
    const { verifyEvidenceText } = await import('./verify-evidence.ts');
    return verifyEvidenceText(text);
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
  async simReal(input) {
    const { runReal } = await import('./real/run-real.ts');
    return runReal(input);
  },
  simulator: async () => (await import('../simulator/index.ts')).simulator,
};
