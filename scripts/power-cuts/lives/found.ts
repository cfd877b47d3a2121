import { initDevice } from '../../../node/index.ts';
import type { Life } from '../life.ts';

/** A new home. */
export const found: Life = {
  what: 'a device is made, with a space',
  prepare: async () => undefined,
  async live({ home, env }, promise) {
    await initDevice(home, { name: 'desk', spaceName: 'power cuts' }, env);
    promise({ events: 1 });
  },
};
