import { initDevice } from '../../../node/index.ts';
import type { Workload } from '../workload.ts';

/** A new home. */
export const found: Workload = {
  what: 'a device is made, with a space',
  prepare: async () => undefined,
  async run({ home, env }, promise) {
    await initDevice(home, { name: 'desk', spaceName: 'power cuts' }, env);
    promise({ events: 1 });
  },
};
